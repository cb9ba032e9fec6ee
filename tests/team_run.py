"""``python -m tests.team_run FOLDER OUT WORKERS``: a run with the fake grader, to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from kneedrive_cv.team.batch import grade_team
from tests import fake_grader


def main() -> None:
    folder, out, workers = sys.argv[1:4]
    grade_team(folder, out=Path(out), workers=int(workers), grade=fake_grader.grade)


if __name__ == "__main__":
    main()
