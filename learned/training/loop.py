"""The training loop, from top to bottom."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import numpy as np
import torch
from torch import nn

from learned.pixels import Normalization
from learned.stages import NoProgress, Progress
from learned.training.averaging import AveragedWeights
from learned.training.batches import Batches
from learned.training.checkpoint import Checkpoint, History, Position
from learned.training.gradients import Gradients
from learned.training.growth import view_sides
from learned.training.loss import Loss
from learned.training.optimizer import make_optimizer
from learned.training.precision import Precision
from learned.training.ranks import current
from learned.training.recipe import Recipe
from learned.training.schedule import Schedule
from learned.training.targets import class_weights
from learned.training.validation import Best, measure

# Time between checkpoints: what a cut-off may cost.
CHECKPOINT_SECONDS = 60.0
# Images that the statistics of averaged weights are estimated on, and how many at a time.
STATISTICS_SAMPLE, STATISTICS_BATCH = 4096, 256
# Scoring goes by batches of this size, which does not change the scores.
SCORING_BATCH = 64


def train(
    network: nn.Module,
    pixels: torch.Tensor,
    targets: np.ndarray,
    rows: np.ndarray,
    recipe: Recipe,
    *,
    normalization: Normalization,
    generator: torch.Generator,
    held_out: np.ndarray | None = None,
    from_disk: bool = False,
    progress: Progress | None = None,
    report: Callable[[float, str], None] | None = None,
) -> History:
    """Train a network in place, by mini-batches.

    Where processes train together (``learned.training.ranks``), each is given the
    same arguments.

    Parameters
    ----------
    network : torch.nn.Module
        On the device to train on. It is left in evaluation mode, with the best
        epoch's weights where samples are held out, else with averaged ones where
        those are asked for.
    pixels : (n, size, size, 3) uint8
        On the CPU.
    targets : (n, c) float32
        1 positive, 0 negative, -1 unjudged.
    rows : (m,) int64
        The samples to train on.
    recipe : Recipe
    normalization : Normalization
        To the device.
    generator : torch.Generator
        On the CPU; orders the images, draws their augmentation and mixtures.
    held_out : (k,) int64, optional
        The samples to validate on after each epoch.
    from_disk : bool
        Whether reading the pixels may wait for a disk.
    progress : Progress, optional
        Where to go on from, and where to leave a checkpoint about once a minute:
        after a step; of processes that train together, after an epoch.
    report : callable, optional
        Told the share of the epochs done and a line, after each epoch.

    Returns
    -------
    History

    Raises
    ------
    FloatingPointError
        The loss is not finite; the message names epoch, step and learning rate.
    torch.cuda.OutOfMemoryError
        Not even two images at a time fit in the GPU's memory.
    """
    device, ranks, n = normalization.device, current(), len(rows)
    weights = class_weights(recipe.loss, targets[rows], recipe.class_balance)
    loss = Loss(
        recipe.loss,
        recipe.label_smoothing,
        None if weights is None else torch.from_numpy(weights).to(device),
    )
    batches = Batches(pixels, targets, n, recipe, normalization, loss, generator, ranks, from_disk)
    sides = view_sides(recipe, pixels.shape[1])
    schedule = Schedule(recipe.schedule, recipe.epochs * batches.count, recipe.warm_up_share)
    precision = Precision(recipe.precision, device)
    forward: Any = ranks.wrap(network, device)
    if recipe.compile:
        forward = torch.compile(forward)
    gradients = Gradients(forward, loss, precision, ranks.count)
    optimizer = make_optimizer(network, recipe.optimizer, recipe.learning_rate, recipe.weight_decay)
    average = best = None
    if recipe.average is not None:
        average = AveragedWeights(network, recipe.average, recipe.average_share, schedule.steps)
    if held_out is not None:
        best = Best(recipe.validation_metric, recipe.patience)

    parts: dict[str, Any] = {"network": network, "optimizer": optimizer, "precision": precision}
    parts |= {} if average is None else {"average": average}
    parts |= {} if best is None else {"best": best}
    checkpoint = Checkpoint(parts, generator, device, ranks)
    progress = progress or NoProgress()
    history, at = History(), Position()
    if (state := progress.load()) is not None:
        at, history = checkpoint.restore(state)
        gradients.accumulation = history.accumulation
        del state
    saved = time.monotonic()

    while at.epoch < recipe.epochs:
        network.train()
        if at.order is None or at.losses is None:
            at.order = torch.from_numpy(rows)[torch.randperm(n, generator=generator)]
            at.losses = torch.zeros(batches.count, device=device)

        with closing(batches.epoch(at.order, first=at.batch, side=sides[at.epoch])) as views:
            for batch in views:
                step = at.epoch * batches.count + at.batch
                for group in optimizer.param_groups:
                    group["lr"] = recipe.learning_rate * schedule(step)
                at.losses[at.batch] = gradients(batch)
                history.accumulation = gradients.accumulation
                at.batch += 1

                due = ranks.count == 1 and time.monotonic() - saved > CHECKPOINT_SECONDS
                if at.batch == batches.count:
                    at.losses = ranks.sum(at.losses)
                # Reading a loss waits for a GPU: there, only before it would be missed.
                if due or at.batch == batches.count or (device.type == "cpu" and ranks.count == 1):
                    check_finite(at, recipe, schedule)
                precision.step(optimizer)
                if average is not None:
                    average.update(step)
                if due:
                    progress.save(checkpoint.capture(at, history))
                    saved = time.monotonic()

        sizes = [len(part) for part in at.order.tensor_split(batches.count)]
        history.curve.append(sum(x * size for x, size in zip(at.losses.tolist(), sizes)) / n)
        at = Position(epoch=at.epoch + 1)
        message = f"epoch {at.epoch} of {recipe.epochs}: loss {history.curve[-1]:.3g}"
        if best is not None and held_out is not None:
            scored = network if average is None else average.averaged(sample(batches, rows))
            logits = score(scored, batches, held_out)
            answers = torch.from_numpy(targets[held_out]).to(device)
            value = ranks.agree(measure(best.metric, loss.name, logits, answers))
            history.validation_curve.append(value)
            message += f", validation {best.metric} {value:.3g}"
            if best.take(at.epoch, value, scored):
                message += f"; no better one since epoch {best.epoch}: stopped"
                at.epoch = recipe.epochs
        if report is not None and ranks.rank == 0:
            report(at.epoch / recipe.epochs, message)
        if ranks.agree(time.monotonic() - saved > CHECKPOINT_SECONDS):
            progress.save(checkpoint.capture(at, history))
            saved = time.monotonic()

    if best is not None:
        history.best_epoch = best.epoch
        network.load_state_dict(best.weights)
    elif average is not None:
        network.train()
        network.load_state_dict(average.averaged(sample(batches, rows)).state_dict())
    network.eval()
    return history


def check_finite(at: Position, recipe: Recipe, schedule: Schedule) -> None:
    """Raise FloatingPointError if a loss of this epoch so far is not finite."""
    assert at.losses is not None
    wrong = ~torch.isfinite(at.losses[: at.batch])
    if not wrong.any():
        return
    batch, batches = int(wrong.nonzero()[0]), len(at.losses)
    rate = recipe.learning_rate * schedule(at.epoch * batches + batch)
    raise FloatingPointError(
        f"the training loss became {at.losses[batch].item()} in epoch {at.epoch + 1} of "
        f"{recipe.epochs}, step {batch + 1} of {batches}, at learning rate {rate:.3g}; "
        "lower learning_rate, or look for non-finite values in the network"
    )


def sample(batches: Batches, rows: np.ndarray) -> Iterator[torch.Tensor]:
    """Yield some of the training images as they are, in batches of mixed kinds."""
    # Collections come sorted by class: a batch of neighbours would vary too little.
    some = torch.from_numpy(np.random.RandomState(0).permutation(rows)[:STATISTICS_SAMPLE])
    for pixels in batches.gather(some.tensor_split(-(-len(some) // STATISTICS_BATCH))):
        yield batches.normalization(pixels)


def score(network: nn.Module, batches: Batches, rows: np.ndarray) -> torch.Tensor:
    """Return the logits of some samples: (len(rows), c) float32, on the device."""
    network.eval()
    with torch.inference_mode():
        parts = batches.gather(torch.from_numpy(rows).split(SCORING_BATCH))
        return torch.cat([network(batches.normalization(pixels)) for pixels in parts])
