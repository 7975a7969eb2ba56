"""Training: one loop, and its parts in files of their own."""
