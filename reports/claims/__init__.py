"""What the lecture claims of concept detectors, and what a run says of each claim."""
