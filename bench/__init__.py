"""Benchmarks anyone can run from a checkout; see README.md beside this file."""
