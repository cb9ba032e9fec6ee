"""Learns what the pose estimator gets wrong, on rendered sprints."""
