"""kneedrive: measures a sprinter's knee drive from an ordinary phone clip.

Examples
--------
>>> import kneedrive_cv as kd
>>> run = kd.analyze("clip.mp4")  # doctest: +SKIP
>>> run.result.faults  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kneedrive_cv.version import __version__

if TYPE_CHECKING:
    from kneedrive_cv.analysis import Analysis
    from kneedrive_cv.config import Settings, Targets
    from kneedrive_cv.pipeline import analyze
    from kneedrive_cv.pose.track import PoseTrack
    from kneedrive_cv.report.write import write_outputs
    from kneedrive_cv.team.batch import grade_team

__all__ = [
    "Analysis",
    "PoseTrack",
    "Settings",
    "Targets",
    "__version__",
    "analyze",
    "grade_team",
    "write_outputs",
]

_HOME = {
    "Analysis": "kneedrive_cv.analysis",
    "PoseTrack": "kneedrive_cv.pose.track",
    "Settings": "kneedrive_cv.config",
    "Targets": "kneedrive_cv.config",
    "analyze": "kneedrive_cv.pipeline",
    "grade_team": "kneedrive_cv.team.batch",
    "write_outputs": "kneedrive_cv.report.write",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: the package itself costs next to nothing."""
    if name not in _HOME:
        raise AttributeError(f"module 'kneedrive_cv' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
