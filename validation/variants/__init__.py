"""Clips as phones and people make them: variants of real and rendered ones, and what came out."""
