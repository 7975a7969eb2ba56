"""Several runs in one document: what differs between them, and what came of it."""
