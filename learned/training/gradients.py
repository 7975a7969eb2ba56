"""Gradients of a batch, in as many parts as fit in the GPU's memory."""

from __future__ import annotations

import warnings

import torch
from torch import nn

from learned.training.batches import Batch
from learned.training.loss import Loss
from learned.training.precision import Precision


class Gradients:
    """Computes gradients; where memory runs out, of parts of a batch that add up to the same.

    Batch normalisation takes its statistics over what is computed at once: there,
    a batch in parts is not quite the whole.

    Parameters
    ----------
    forward : torch.nn.Module
        The network, as it is to be run.
    loss : Loss
    precision : Precision
    processes : int
        That share each batch, and average their gradients. They keep step by
        running the same number of parts, so that memory is an error there.

    Attributes
    ----------
    accumulation : int
        Parts that a batch is cut into.
    """

    def __init__(
        self, forward: nn.Module, loss: Loss, precision: Precision, processes: int = 1
    ) -> None:
        self.accumulation = 1
        self._forward = forward
        self._loss = loss
        self._precision = precision
        self._processes = processes

    def __call__(self, batch: Batch) -> torch.Tensor:
        """Set the gradients of the parameters to those of a batch.

        Parameters
        ----------
        batch : Batch

        Returns
        -------
        () float32
            The loss; a part of it, where processes share the batch.

        Raises
        ------
        torch.cuda.OutOfMemoryError
            Not even two images fit in memory.
        """
        while True:
            failed: str | None = None
            try:
                return self._compute(batch)
            except torch.cuda.OutOfMemoryError as error:
                failed = str(error)
            # Out of the handler, which holds on to the tensors of the attempt.
            self._halve(len(batch.views), failed)

    def _compute(self, batch: Batch) -> torch.Tensor:
        self._forward.zero_grad(set_to_none=True)
        total: torch.Tensor | float = 0.0
        parts = min(self.accumulation, len(batch.views))
        for views, targets in zip(
            batch.views.tensor_split(parts), batch.targets.tensor_split(parts)
        ):
            with self._precision.autocast():
                logits = self._forward(views)
            loss = self._loss(logits.float(), targets, batch.judged)
            # Gradients will be averaged over processes, while losses of parts add up.
            self._precision.backward(loss if self._processes == 1 else loss * self._processes)
            total = loss.detach() + total
        assert isinstance(total, torch.Tensor)
        return total

    def _halve(self, images: int, message: str) -> None:
        self._forward.zero_grad(set_to_none=True)
        at_once = images // (2 * self.accumulation)
        if self._processes > 1 or at_once < 2:
            raise torch.cuda.OutOfMemoryError(
                f"{images // self.accumulation} images at a time do not fit in the GPU's memory; "
                "use a smaller batch_size, network or image_size, precision = 'bf16', or more "
                f"processes ({message})"
            )
        self.accumulation *= 2
        warnings.warn(
            f"out of GPU memory: batches of {images} images are now computed in "
            f"{self.accumulation} parts, whose gradients add up",
            RuntimeWarning,
            stacklevel=3,
        )
        if torch.cuda.is_initialized():
            torch.cuda.empty_cache()
