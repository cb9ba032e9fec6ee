"""``python -m tests.team_run FOLDER OUT WORKERS [real]``: a team run, to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from kneedrive_cv.config import Settings
from kneedrive_cv.team.batch import grade_team
from kneedrive_cv.team.worker import grade_clip
from tests import fake_grader


def main() -> None:
    folder, out, workers, *real = sys.argv[1:]
    grade_team(
        folder,
        out=Path(out),
        workers=int(workers),
        settings=Settings.from_dict({"pose": {"model": "lite"}}),
        grade=grade_clip if real else fake_grader.grade,
    )


if __name__ == "__main__":
    main()
