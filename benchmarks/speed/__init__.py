"""Throughput beside peers and beside the machine's limits: paired, each in a process of its own."""
