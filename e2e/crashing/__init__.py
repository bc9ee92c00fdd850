"""Tests whose browsers crash: run by `e2e/test_crashes.py`, and by nobody else."""
