"""Aggregation: the set of local vectors of an image becomes one vector."""
