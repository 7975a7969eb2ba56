"""Descriptors: one image becomes one vector (global) or a set of vectors (local)."""
