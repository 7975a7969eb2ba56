"""Concept detection with every stage designed by hand: descriptor, aggregation, classifier."""
