"""A contributor adds a check by one file and one line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

CHECK = '''"""The knee is still straight when the thigh is highest."""

from kneedrive_cv.technique.rule import DriveView, Rule


def _folds_by(drive: DriveView) -> float:
    """How far the knee folds from toe-off to the top of the knee drive, in degrees."""
    angle = "knee_flexion_deg"
    return drive.at(angle, drive.peak_s) - drive.at(angle, drive.toe_off_s)


RULE = Rule(
    code="knee_stays_open",
    title="Knee stays open",
    metric="knee_folds_by_deg",
    unit="deg",
    read="as it is",
    fault_when="below",
    threshold=lambda targets: 170.0,
    borderline=lambda targets: 170.0,
    target="the knee folds by {threshold:.0f} degrees",
    sentence="The {side} knee folds by {value:.0f} degrees only.",
    source="made up for this test",
    drills=("high_knees", "skipping"),
    family="thigh",
    measure=_folds_by,
    parts=("hip", "knee", "ankle"),
    errors=(5.0, 3.0),
)
'''

GRADE = """
import json, sys
from pathlib import Path
import kneedrive_cv as kd
from tests.sample_analysis import SAMPLE_DIR, make_pose
from validation.truth import load_truth

run = kd.analyze(pose=make_pose(load_truth(SAMPLE_DIR / "side_good")))
folder = run.write(sys.argv[1])
again = kd.load(folder)
own = [c for c in again.checks if c.code == "knee_stays_open"]
print(json.dumps({
    "verdicts": [c.verdict for c in own],
    "faults": [f.sentence for f in again.faults if f.code == "knee_stays_open"],
    "lost": [p.code for p in again.summary.grade.lost],
    "drills": [d.code for d in again.result.drills],
    "column": [float(x) for x in again.strides["knee_folds_by_deg"]],
    "in the page": "Knee stays open" in (folder / "report.html").read_text(encoding="utf-8"),
}))
"""


@pytest.fixture
def copy(tmp_path):
    """The package and what the test needs of the tests, as a contributor's clone has them."""
    for name in ("kneedrive_cv", "tests", "validation"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("models", "sample_videos"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


@pytest.mark.slow
def test_a_new_check_is_one_file_and_one_line_from_the_measurement_to_the_report(copy):
    rules = copy / "kneedrive_cv" / "technique" / "rules"
    (rules / "knee_stays_open.py").write_text(CHECK, encoding="utf-8")
    lines = (rules / "__init__.py").read_text(encoding="utf-8").splitlines(keepends=True)
    lines.insert(lines.index('    "late_knee_drive",\n') + 1, '    "knee_stays_open",\n')
    (rules / "__init__.py").write_text("".join(lines), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-c", GRADE, str(copy / "runs")],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["verdicts"] == ["fault", "fault"]
    assert len(told["faults"]) == 2
    assert "folds by" in told["faults"][0]
    assert "knee_stays_open" in told["lost"]
    assert {"high_knees", "skipping"} <= set(told["drills"])
    assert all(30 < column < 160 for column in told["column"])
    assert told["in the page"]
