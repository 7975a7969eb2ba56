"""A run as it goes on: read from its files while they are being written, and shown in a page."""
