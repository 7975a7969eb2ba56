"""Classifiers: vectors become one score a concept."""
