"""The files of a run's folder."""

from typing import Final

OUTPUT_FILES: Final = (
    "report.html",
    "report.pdf",
    "summary.png",
    "overlay.mp4",
    "overlay.csv",
    "kinogram.png",
    "result.json",
    "strides.csv",
    "angles.csv",
    "pose.npz",
)
"""All that the package writes there by itself; an export may have none of these names."""
