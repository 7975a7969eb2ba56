import numpy as np
import pytest
import torch
from torch import nn

from learned.activation_reader import ActivationReader
from learned.activations import layer_output
from learned.networks import efficientnet_lite, small_cnn
from learned.networks.pooling import pool
from learned.pixels import resize

MEAN, DEVIATION = np.float32([100, 110, 120]), np.float32([50, 60, 70])


def images(n, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 256, (*rng.integers(20, 70, 2), 3), dtype=np.uint8) for _ in range(n)]


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    network = efficientnet_lite.build(3, 32)
    with torch.no_grad():
        network.train()(torch.randn(16, 3, 32, 32))
    return network.eval()


def reader(network, size=32, **options):
    return ActivationReader(network, size, MEAN, DEVIATION, torch.device("cpu"), **options)


def by_hand(network, X, size, layer, *pooling, mirror=False):
    pixels = np.stack([resize(image, size) for image in X]).astype(np.float32)
    pixels = pixels[:, :, ::-1] if mirror else pixels
    batch = torch.from_numpy((pixels - MEAN) / DEVIATION).permute(0, 3, 1, 2)
    with torch.no_grad():
        return pool(layer_output(network, layer, batch), *pooling).numpy()


@pytest.mark.parametrize("layer", [None, "stem.conv", "stem", "stage3", "stage5.1", "head"])
@pytest.mark.parametrize("count", [0, 1, 16, 19])
def test_rows_are_the_pooled_outputs(network, layer, count):
    X = images(count)
    read = reader(network, layer=layer)
    rows = read.read(X)
    assert rows.shape == (count, read.dimension)
    assert rows.dtype == np.float32
    if count:
        expected = by_hand(network, X, 32, layer)
        assert np.allclose(rows, expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max())


def test_pooling_and_grids_are_those_asked_for(network):
    X = images(5)
    rows = reader(network, layer="stage2", pooling="average+max", grids=[(1, 1), (2, 2)]).read(X)
    expected = by_hand(network, X, 32, "stage2", "average+max", [(1, 1), (2, 2)])
    assert rows.shape == (5, 2 * 24 * 5)
    assert np.allclose(rows, expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("precision", ["float32", "bf16"])
def test_a_vector_does_not_depend_on_the_images_beside_it(network, precision):
    X = images(70)
    read = reader(network, precision=precision)
    together = read.read(X)
    alone = np.concatenate([read.read([image]) for image in X[:3]])
    assert np.array_equal(alone, together[:3])
    assert np.array_equal(read.read(X[5:69]), together[5:69])
    backwards = read.read(X[::-1])[::-1]
    assert np.array_equal(backwards, together)


def test_with_the_mirror_it_is_the_mean_of_both(network):
    X = images(6)
    mirrored = [np.ascontiguousarray(image[:, ::-1]) for image in X]
    plain = reader(network, layer="stage4")
    expected = (plain.read(X) + plain.read(mirrored)) / 2
    both = reader(network, layer="stage4", mirror=True)
    assert np.allclose(both.read(X), expected, atol=1e-2)  # resizing may round a pixel
    assert np.allclose(both.read(X), both.read(mirrored), atol=1e-2)
    by_views = [by_hand(network, X, 32, "stage4", mirror=mirror) for mirror in (False, True)]
    assert np.allclose(both.read(X), np.mean(by_views, axis=0), rtol=1e-3, atol=1e-3)


def test_short_formats_stay_near(network):
    X = images(9)
    full, short = reader(network).read(X), reader(network, precision="bf16").read(X)
    assert short.dtype == np.float32
    assert 0 < np.linalg.norm(short - full) < 0.1 * np.linalg.norm(full)


def test_the_network_is_neither_changed_nor_shared(network):
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    read = reader(network)
    rows = read.read(images(2))
    assert all(torch.equal(before[n], t) for n, t in network.state_dict().items())
    twin = small_cnn.build(2, 32, width=4)
    other = reader(twin)
    first = other.read(images(2))
    with torch.no_grad():
        for parameter in twin.parameters():
            parameter.zero_()
    assert np.array_equal(other.read(images(2)), first)
    assert np.array_equal(read.read(images(2)), rows)


def test_values_that_are_not_finite_name_layer_and_image():
    class Logarithm(nn.Module):
        def forward(self, x):
            return torch.log(x)

    network = nn.Sequential(
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Sequential(Logarithm()), nn.Linear(3, 2)
    )
    read = ActivationReader(
        network, 8, np.zeros(3, np.float32), np.ones(3, np.float32), torch.device("cpu"), layer="2"
    )
    X = [np.full((8, 8, 3), 0 if i == 18 else 7, np.uint8) for i in range(20)]
    with pytest.raises(ValueError, match=r"layer '2' .* 1 images, the first at position 18"):
        read.read(X)


def test_a_broken_image_is_named_by_its_position(network):
    X = images(20)
    X[17] = X[17].astype(np.float32)
    with pytest.raises(ValueError, match="image 17: an image must be"):
        reader(network).read(X)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layer": "stage9"}, "no layer 'stage9'; did you mean"),
        ({"pooling": "median"}, "pooling must be"),
        ({"precision": "fp8"}, "precision must be one of float32"),
        ({"precision": "fp16"}, "needs CUDA"),
        ({"layer": "stage7", "grids": [(2, 2)]}, "maps have 1x1 places"),
    ],
)
def test_what_cannot_be_read_is_an_error_at_once(network, options, message):
    with pytest.raises(ValueError, match=message):
        reader(network, **options)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_gpu_gives_what_the_cpu_gives(network):
    X = images(70)
    for mirror in (False, True):
        cpu = reader(network, layer="stage5", mirror=mirror).read(X)
        gpu = ActivationReader(
            network, 32, MEAN, DEVIATION, torch.device("cuda"), layer="stage5", mirror=mirror
        ).read(X)
        assert np.allclose(cpu, gpu, rtol=1e-2, atol=1e-2 * np.abs(cpu).max())
