import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from learned.networks import small_cnn
from learned.views import Views


@pytest.fixture
def network():
    torch.manual_seed(0)
    return small_cnn.build(3, 16, width=4).eval()


def images(size=16):
    return torch.randn(5, 3, size, size, generator=torch.Generator().manual_seed(1))


def test_one_view_is_the_network_itself(network):
    with torch.inference_mode():
        assert torch.equal(Views().score(network, "bce", images()), network(images()))


def test_scores_are_the_mean_over_mirror_images_and_sizes(network):
    views = Views(mirror=True, scales=(1.0, 1.25))
    larger = functional.interpolate(images(), size=(20, 20), mode="bicubic", align_corners=False)
    with torch.inference_mode():
        expected = sum(
            network(view) for half in (images(), larger) for view in (half, half.flip(3))
        )
        found = views.score(network, "bce", images())
    np.testing.assert_allclose(found, expected / 4, atol=1e-6)


def test_a_mirrored_image_has_the_same_scores_where_mirror_images_count(network):
    views = Views(mirror=True)
    with torch.inference_mode():
        one, other = (views.score(network, "softmax", x) for x in (images(), images().flip(3)))
        assert not torch.allclose(network(images()), network(images().flip(3)))
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_log_odds_are_averaged_not_logits(network):
    # By softmax a view's logits are known only up to a constant.
    class Shifted(nn.Module):
        def forward(self, x):
            return network(x) + 100 * x.mean((1, 2, 3))[:, None]

    views = Views(mirror=True, scales=(1.0, 1.5))
    with torch.inference_mode():
        one, other = (views.score(each, "softmax", images()) for each in (network, Shifted()))
    np.testing.assert_allclose(one, other, atol=1e-4)


@pytest.mark.parametrize("scales", [(), (0.0,), (1.0, -1.0), (float("nan"),), (float("inf"),)])
def test_wrong_scales(scales):
    with pytest.raises(ValueError, match="test_scales must be positive"):
        Views(scales=scales)


def test_a_network_of_one_size_is_named_with_the_scale_to_leave_out():
    flat = nn.Sequential(nn.Flatten(), nn.Linear(3 * 16 * 16, 2))
    Views(mirror=True).check(flat, 16)
    with pytest.raises(ValueError, match=r"made for 16 pixels, does not take 20; leave out 1\.25"):
        Views(scales=(1.0, 1.25)).check(flat, 16)
