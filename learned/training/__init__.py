"""Training: the loop and its parts (losses, schedule, augmentation)."""
