"""kneedrive: measures a sprinter's knee drive from an ordinary phone clip.

Examples
--------
>>> import kneedrive_cv as kd
>>> run = kd.analyze("clip.mp4")  # doctest: +SKIP
>>> run.strides  # doctest: +SKIP
>>> run.plot.angles()  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kneedrive_cv.lazy import lazily
from kneedrive_cv.version import __version__

if TYPE_CHECKING:
    from kneedrive_cv import (
        athlete,
        clean,
        errors,
        kinematics,
        pose,
        report,
        scene,
        technique,
        video,
    )
    from kneedrive_cv.analysis import Analysis
    from kneedrive_cv.api import (
        analyze,
        analyze_all,
        compare,
        export_run,
        list_people,
        load,
        read_pose,
        write_outputs,
    )
    from kneedrive_cv.config import Settings, Targets
    from kneedrive_cv.doctor import examine
    from kneedrive_cv.errors import KneedriveError
    from kneedrive_cv.pose.track import PoseTrack
    from kneedrive_cv.run import Run
    from kneedrive_cv.team.batch import grade_team
    from kneedrive_cv.team.outputs import write_team

__all__ = [
    "Analysis",
    "KneedriveError",
    "PoseTrack",
    "Run",
    "Settings",
    "Targets",
    "__version__",
    "analyze",
    "analyze_all",
    "athlete",
    "clean",
    "compare",
    "errors",
    "examine",
    "export_run",
    "grade_team",
    "kinematics",
    "list_people",
    "load",
    "pose",
    "read_pose",
    "report",
    "scene",
    "technique",
    "video",
    "write_outputs",
    "write_team",
]

_PARTS = (
    "athlete",
    "clean",
    "errors",
    "kinematics",
    "pose",
    "report",
    "scene",
    "technique",
    "video",
)

_HOME = {name: f"kneedrive_cv.{name}" for name in _PARTS} | {
    "Analysis": "kneedrive_cv.analysis",
    "KneedriveError": "kneedrive_cv.errors",
    "PoseTrack": "kneedrive_cv.pose.track",
    "Run": "kneedrive_cv.run",
    "Settings": "kneedrive_cv.config",
    "Targets": "kneedrive_cv.config",
    "analyze": "kneedrive_cv.api",
    "analyze_all": "kneedrive_cv.api",
    "compare": "kneedrive_cv.api",
    "examine": "kneedrive_cv.doctor",
    "export_run": "kneedrive_cv.api",
    "grade_team": "kneedrive_cv.team.batch",
    "list_people": "kneedrive_cv.api",
    "load": "kneedrive_cv.api",
    "read_pose": "kneedrive_cv.api",
    "write_outputs": "kneedrive_cv.api",
    "write_team": "kneedrive_cv.team.outputs",
}

__getattr__, __dir__ = lazily(__name__, _HOME)
