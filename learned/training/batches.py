"""What the network sees in each step: views of the images, with their targets."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import torch

from learned.pixels import Normalization
from learned.training.cutmix import CutMix
from learned.training.growth import shrink
from learned.training.loss import Loss
from learned.training.mixup import Mixup, blend_targets
from learned.training.ranks import Ranks
from learned.training.recipe import Recipe

# Batches gathered ahead, where gathering may wait for a disk or a bus.
AHEAD = 3


@dataclass(frozen=True)
class Batch:
    """A batch, or this process's part of it.

    Attributes
    ----------
    views : (b, 3, side, side) float32
        On the device.
    targets : (b, c) float32
        Blended where there is mixup or CutMix; on the device.
    judged : () int64
        What the loss is averaged over: a count of the whole batch, whatever the part.
    """

    views: torch.Tensor
    targets: torch.Tensor
    judged: torch.Tensor


class Batches:
    """Makes the batches of an epoch, drawing views and blends as it goes.

    Parameters
    ----------
    pixels : (n, size, size, 3) uint8
        On the CPU. They move to a GPU where they take at most a quarter of its free memory.
    targets : (n, c) float32
        1, 0, or -1: unjudged.
    count : int
        Samples of an epoch.
    recipe : Recipe
    normalization : Normalization
        To the device.
    loss : Loss
    generator : torch.Generator
        On the CPU.
    ranks : Ranks
    from_disk : bool
        Whether reading the pixels may wait for a disk.

    Attributes
    ----------
    count : int
        Batches in an epoch.

    Raises
    ------
    ValueError
        A batch has too few images to share among the processes.
    """

    def __init__(
        self,
        pixels: torch.Tensor,
        targets: np.ndarray,
        count: int,
        recipe: Recipe,
        normalization: Normalization,
        loss: Loss,
        generator: torch.Generator,
        ranks: Ranks,
        from_disk: bool = False,
    ) -> None:
        self.count = math.ceil(count / recipe.batch_size)
        if count // self.count < ranks.count:
            raise ValueError(
                f"{ranks.count} processes cannot share batches of {count // self.count} images; "
                "use fewer processes, or a larger batch_size"
            )
        self.device = normalization.device
        self.pixels = place(pixels, self.device)
        self._targets = torch.from_numpy(targets).to(self.device)
        self._augmentation = recipe.augmentation
        self._mixup = Mixup(recipe.mixup) if recipe.mixup else None
        self._cutmix = CutMix(recipe.cutmix) if recipe.cutmix else None
        self._paired = bool(recipe.mixup or recipe.cutmix)
        self.normalization = normalization
        self._loss = loss
        self._generator = generator
        self._ranks = ranks
        self._from_disk = from_disk

    def epoch(
        self, order: torch.Tensor, first: int = 0, side: int | None = None
    ) -> Generator[Batch, None, None]:
        """Make the batches of an epoch.

        Parameters
        ----------
        order : (count,) int64
            The rows of the samples, in the order to see them; on the CPU.
        first : int
            The batch to begin with.
        side : int, optional
            Of the views, in pixels; the images' own by default.

        Yields
        ------
        Batch
            Drawn from the generator when it is asked for.
        """
        chosen = order.tensor_split(self.count)[first:]
        positions = [self._positions(len(rows)) for rows in chosen]
        with closing(self.gather([b[own] for b, own in zip(chosen, positions)])) as gathered:
            for rows, own, pixels in zip(chosen, positions, gathered):
                draws = self._augmentation.draw(len(rows), self._generator)
                images = shrink(self.normalization(pixels), side or self.pixels.shape[1])
                views = self._augmentation.apply(images, draws[own])
                targets = self._targets[rows.to(self.device, non_blocking=True)]
                if self._paired:
                    views, targets = self._mixed(views, targets, own[1:])
                yield Batch(views, targets[self._ranks.part(len(rows))], self._loss.judged(targets))

    def gather(self, batches: Sequence[torch.Tensor]) -> Generator[torch.Tensor, None, None]:
        """Yield the pixels of batches of rows, as `feed` does."""
        return feed(self.pixels, batches, self.device, self._from_disk)

    def _mixed(
        self, views: torch.Tensor, targets: torch.Tensor, own: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        # Each view but the first, with the one before it; the targets of the whole batch.
        count, size = len(targets), views.shape[-1]
        views, before = views[1:], views[:-1]
        if self._cutmix is not None and self._cutmix.chosen(self._generator):
            squares = self._cutmix.draw(count, size, self._generator)
            views = self._cutmix.paste(views, before, squares[own])
            shares = self._cutmix.kept(squares, size)
        elif self._mixup is not None:
            shares = self._mixup.draw(count, self._generator)
            views = self._mixup.blend(views, before, shares[own])
        else:
            return views, targets
        return views, blend_targets(targets, shares)

    def _positions(self, count: int) -> torch.Tensor:
        # Of this process's images in a batch; where two are mixed, of the one before its first.
        own = torch.arange(count)[self._ranks.part(count)]
        return torch.cat([(own[:1] - 1) % count, own]) if self._paired else own


def place(pixels: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Move images to a GPU where they take at most a quarter of its free memory."""
    if device.type == "cuda" and pixels.nbytes <= torch.cuda.mem_get_info(device)[0] // 4:
        return pixels.to(device)
    return pixels


def feed(
    pixels: torch.Tensor,
    batches: Sequence[torch.Tensor],
    device: torch.device,
    from_disk: bool = False,
) -> Generator[torch.Tensor, None, None]:
    """Gather the pixels of batches in order.

    Images in the memory of the device that trains are gathered when asked for: on
    the CPU, that takes a thousandth of a step. Others are gathered by a thread,
    while the step before is at work, and for a GPU into pinned memory, which it
    copies from on its own.

    Parameters
    ----------
    pixels : (n, size, size, 3) uint8
    batches : sequence of (b,) int64
        Rows of each batch, on the CPU.
    device : torch.device
        Which trains.
    from_disk : bool
        Whether gathering may wait for a disk.

    Yields
    ------
    (b, size, size, 3) uint8
    """
    if pixels.device.type != "cpu" or (device.type == "cpu" and not from_disk):
        for rows in batches:
            yield pixels[rows.to(pixels.device, non_blocking=True)]
        return

    def gather(rows: torch.Tensor) -> torch.Tensor:
        batch = pixels[rows]
        return batch.pin_memory() if device.type == "cuda" else batch

    waiting: deque[Future[torch.Tensor]] = deque()
    with ThreadPoolExecutor(1, thread_name_prefix="feed") as pool:
        try:
            for rows in batches:
                waiting.append(pool.submit(gather, rows))
                if len(waiting) > AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
