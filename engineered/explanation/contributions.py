"""The exact contribution of every local vector of an image to a concept's score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engineered.explanation.shares import shares_in
from engineered.explanation.weights import before_optimization, classifier_weights, unfolded
from engineered.span import project


@dataclass(frozen=True)
class Contributions:
    """What the local vectors of an image add to a score.

    Attributes
    ----------
    values : ndarray of shape (m,), float64
        Above 0 for the concept, below against it. With `rest` they add up to the score.
    frames : ndarray of shape (m, 3), float32
        Where they are: x, y and scale in pixels of the image; a patch is four scales wide.
    score : float
        The concept's score, as `decision_function` gives it.
    rest : float
        What no local vector adds: the classifier's bias and the centring by PCA.
    exact : bool
        True: the values are the terms of the score, not an estimate.
    method : str
        In words.
    """

    values: np.ndarray
    frames: np.ndarray
    score: float
    rest: float
    exact: bool = True
    method: str = "exact contributions of local descriptors"


def contributions(detector: Any, image: np.ndarray, concept: int) -> Any:
    """Decompose a concept's score of an image into its local vectors.

    The score is ``w . phi + b``. The vector phi is a sum over local vectors, followed by power
    laws and norms, which are held at the image's own values, and by PCA and whitening, which
    are linear and become part of w.

    Parameters
    ----------
    detector : EngineeredDetector
        Fitted.
    image : ndarray of shape (height, width, 3), uint8
        RGB.
    concept : int
        Column of the scores.

    Returns
    -------
    Contributions or str
        A reason where the score is no such sum. Of a descriptor of whole images, what its own
        ``explain(image, weights)`` makes of the weights on its vector, if it has one.
    """
    aggregator, classifier = detector.aggregator_, detector.classifier_
    if aggregator is None:
        return _through_descriptor(detector, image, concept)
    if detector.span_ is not None and detector._training is None:
        return (
            "the vectors are told by their products with the training images', which came from "
            "the cache and would have to be made again"
        )
    vectors, frames = detector.descriptor_.extract(image)
    if not vectors.any():
        return "the image has no local vector with contrast"
    encoded = np.asarray(aggregator.encode(vectors, frames, image.shape), np.float32)
    row = _row(detector, encoded)
    found = classifier_weights(classifier, row, concept)
    if found is None:
        return f"the classifier {type(classifier).__name__} is not linear in the vector"
    weights, bias = found
    if detector.span_ is not None:
        full = unfolded(weights, detector.span_, detector._training)
        if full is None:
            return f"the classifier {type(classifier).__name__} is not linear in the vector"
        weights = full
    shares = shares_in(aggregator, vectors, frames, image.shape)
    if shares is None:
        return f"the aggregator {type(aggregator).__name__} does not tell its vectors' shares"
    before = before_optimization(detector.optimization_, shares.encoded, weights)
    if before is None:
        name = type(detector.optimization_).__name__
        return f"the optimisation {name} does not tell how it is to be undone"
    score = float(np.asarray(classifier.decision_function(row[None]))[0, concept])
    return Contributions(shares.of(before[0]), frames, score, bias + before[1])


def _through_descriptor(detector: Any, image: np.ndarray, concept: int) -> Any:
    """Leave it to a descriptor of whole images to tell where its vector comes from."""
    descriptor, classifier = detector.descriptor_, detector.classifier_
    if not hasattr(descriptor, "explain"):
        name = type(descriptor).__name__
        return f"the descriptor {name} describes an image as a whole, not place by place"
    vector = np.asarray(descriptor.transform([image]), np.float32)[0]
    row = _row(detector, vector)
    found = classifier_weights(classifier, row, concept)
    if found is None:
        return f"the classifier {type(classifier).__name__} is not linear in the vector"
    before = before_optimization(detector.optimization_, vector.astype(np.float64), found[0])
    if before is None:
        name = type(detector.optimization_).__name__
        return f"the optimisation {name} does not tell how it is to be undone"
    score = float(np.asarray(classifier.decision_function(row[None]))[0, concept])
    told = descriptor.explain(image, before[0])
    if isinstance(told, str):
        return told
    return replace(told, score=score, rest=told.rest + found[1] + before[1])


def _row(detector: Any, encoded: np.ndarray) -> np.ndarray:
    """Return the row that the classifier takes, from what the aggregator made of an image."""
    rows = encoded[None]
    if detector.optimization_ is not None:
        rows = detector.optimization_.transform(rows)
    if detector.span_ is not None:
        squares = np.einsum("ij,ij->i", rows, rows)
        rows = project(detector._training.inner(rows), squares, detector.span_)
    return np.asarray(rows[0], dtype=np.float32)
