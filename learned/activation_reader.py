"""A trained network, up to one of its layers, as a function from images to vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from learned.activations import find_layer, layer_output
from learned.explanation import EvidenceMap, explain_score
from learned.folding import fold_normalization
from learned.networks.pooling import WHOLE, check_pooling, pool
from learned.networks.size import network_size
from learned.pixels import Normalization, resize, squares
from learned.training.precision import PRECISIONS, Precision

# Images that go through a network together: on a CPU, the maps of more leave its caches, and
# a single thread multiplies fewer by a slower way.
CPU_BATCH, BATCH = 16, 64


class ActivationReader:
    """What a layer makes of each image of a collection, on a network that is done training.

    An image's vector does not depend on the images beside it, to the last bit on a CPU.

    Parameters
    ----------
    network : torch.nn.Module
        It is copied, and not changed.
    image_size : int
        Side of its input in pixels.
    mean, deviation : (3,) float32
        That pixels are standardised by, on the scale 0 to 255.
    device : torch.device
        Where to run it.
    layer
        See `learned.activations.layer_output`.
    pooling, grids
        See `learned.networks.pooling.pool`.
    mirror : bool
        Whether to take the mean of an image's vector and its mirror image's.
    precision : {"float32", "bf16", "fp16"}
        See `learned.training.precision`.

    Attributes
    ----------
    dimension : int
        Length of a vector.

    Raises
    ------
    ValueError
        There is no such layer, or it cannot be pooled so; an option is none of these.
    """

    def __init__(
        self,
        network: nn.Module,
        image_size: int,
        mean: np.ndarray,
        deviation: np.ndarray,
        device: torch.device,
        *,
        layer: str | None = None,
        pooling: str = "average",
        grids: Sequence[Sequence[int]] = WHOLE,
        mirror: bool = False,
        precision: str = "float32",
    ) -> None:
        check_pooling(pooling, grids)
        if precision not in PRECISIONS:
            raise ValueError(f"precision must be one of {', '.join(PRECISIONS)}, got {precision!r}")
        find_layer(network, layer)
        folded = fold_normalization(network, but=layer).to(device)
        self._network = folded.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._normalization = Normalization(mean, deviation, device)
        self._precision = Precision(precision, device)
        self._batch = CPU_BATCH if device.type == "cpu" else BATCH
        self.image_size = image_size
        self.layer = layer
        self.pooling = pooling
        self.grids = grids
        self.mirror = mirror
        blank = torch.zeros(1, image_size, image_size, 3, dtype=torch.uint8)
        with torch.inference_mode():
            self.dimension = self._pooled(self._normalization(blank)).shape[1]

    def read(self, X: Sequence[np.ndarray]) -> np.ndarray:
        """Return a vector an image.

        Parameters
        ----------
        X : sequence of (height, width, 3) uint8, RGB
            Of any sizes; each is stretched to a square.

        Returns
        -------
        (len(X), dimension) float32

        Raises
        ------
        ValueError
            The vector of an image is not finite; the message gives its position.
        """
        rows = np.empty((len(X), self.dimension), np.float32)
        done, pending = 0, None
        for pixels in squares(X, self.image_size, chunk=self._batch):
            # A GPU works on these while the last ones are copied and the next ones decoded.
            launched = self._vectors(pixels)
            if pending is not None:
                rows[done : done + len(pending)] = pending.cpu()
                done += len(pending)
            pending = launched
        if pending is not None:
            rows[done:] = pending.cpu()
        broken = np.flatnonzero(~np.isfinite(rows).all(axis=1))
        if len(broken):
            raise ValueError(
                f"layer {self.layer or 'before the last'!r} gives values that are not finite for "
                f"{len(broken)} images, the first at position {broken[0]}"
            )
        return rows

    def explain(self, image: np.ndarray, weights: np.ndarray) -> EvidenceMap:
        """Map where in an image a linear function of its vector comes from.

        Parameters
        ----------
        image : (height, width, 3) uint8, RGB
        weights : (dimension,) float
            Of the vector's values.

        Returns
        -------
        EvidenceMap
            Integrated gradients of ``weights . vector``, through the network.
        """
        pixels = torch.from_numpy(resize(image, self.image_size))[None]
        images = self._normalization(pixels)
        of_values = torch.from_numpy(np.asarray(weights, np.float32)).to(images.device)

        def score(images: torch.Tensor) -> torch.Tensor:
            made = self._pooled(images)
            if self.mirror:
                made = (made + self._pooled(images.flip(3))) / 2
            return made @ of_values

        work = network_size(self._network, self.image_size).multiply_adds
        return explain_score(score, images, work)

    def _vectors(self, pixels: np.ndarray) -> torch.Tensor:
        # Filled up with blank images: sums go in another order in batches of other sizes.
        batch = np.zeros((self._batch, *pixels.shape[1:]), np.uint8)
        batch[: len(pixels)] = pixels
        with torch.inference_mode(), self._precision.autocast():
            images = self._normalization(torch.from_numpy(batch))
            made = self._pooled(images)
            if self.mirror:
                made = (made + self._pooled(images.flip(3))) / 2
        return made[: len(pixels)]

    def _pooled(self, images: torch.Tensor) -> torch.Tensor:
        return pool(layer_output(self._network, self.layer, images), self.pooling, self.grids)
