"""Suites: TOML files that say which systems are tried on which tasks."""
