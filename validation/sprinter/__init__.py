"""Rendered sprint clips with exact truth; see README.md beside this file."""
