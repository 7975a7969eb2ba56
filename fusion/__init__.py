"""Several systems made into one: normalisation, fusion and re-scoring of scores."""

from fusion.scores import Scores

__all__ = ["Scores"]
