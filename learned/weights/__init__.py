"""Pretrained weights: where they are, whether they are whole, and which network they fit."""

from learned.weights.finding import find_weights
from learned.weights.weights import Weights

__all__ = ["Weights", "find_weights"]
