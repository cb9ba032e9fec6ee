"""Accuracy against truth: scripts that anyone can run, each prints its table and what holds."""
