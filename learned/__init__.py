"""Pixels to scores, jointly optimised: networks, their training, and the detector around them."""
