"""A trained network's scores of a collection, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from learned.pixels import Normalization, squares
from learned.stages import Stages
from learned.training.loop import SCORING_BATCH
from learned.views import Views

# Images decoded at a time: bounds memory, whatever the collection's size.
CHUNK = 1024


def score_images(
    views: Views,
    network: nn.Module,
    loss: str,
    X: Sequence[np.ndarray],
    image_size: int,
    normalization: Normalization,
    stages: Stages,
    n_concepts: int,
) -> np.ndarray:
    """Score images, a chunk at a time.

    Parameters
    ----------
    views : Views
        Of each image, that scores are averaged over.
    network : torch.nn.Module
        In evaluation mode, on the normalisation's device.
    loss : str
        What it was trained by.
    X : sequence of (height, width, 3) uint8, RGB
    image_size : int
        Side that they are stretched to, in pixels.
    normalization : Normalization
    stages : object
        Where ``"decode"`` and ``"predict"`` are measured.
    n_concepts : int

    Returns
    -------
    (len(X), n_concepts) float32
        Log-odds; an image's do not depend on the others.

    Raises
    ------
    FloatingPointError
        A score is NaN or infinite: the last steps of the training, after which no loss is
        computed, have led there.
    """
    scores = np.empty((len(X), n_concepts), dtype=np.float32)
    chunks = squares(X, image_size, threads=stages.threads, chunk=CHUNK)
    for start in range(0, len(X), CHUNK):
        count = min(CHUNK, len(X) - start)
        with stages.timed("decode", count):
            pixels = torch.from_numpy(next(chunks))
        with stages.timed("predict", count), torch.inference_mode():
            parts = pixels.split(SCORING_BATCH)
            odds = [views.score(network, loss, normalization(part)) for part in parts]
            scores[start : start + count] = torch.cat(odds).cpu()
    if not np.isfinite(scores).all():
        raise FloatingPointError(
            "the trained network gives NaN or infinite scores: its weights have diverged in the "
            "last steps of the training; lower learning_rate, or look for non-finite values in "
            "the network"
        )
    return scores
