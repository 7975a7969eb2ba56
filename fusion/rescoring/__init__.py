"""Re-scoring: the scores of one system, corrected by their context."""
