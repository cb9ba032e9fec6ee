"""Memory does not grow with the clip."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.cli_run import environment

GROWTH_MB = 40


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the peak is read by os.wait4")
def test_a_longer_clip_takes_no_more_memory(root):
    done = subprocess.run(
        [sys.executable, "benchmarks/memory.py", "--seconds", "3", "9"],
        cwd=root,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    short_mb, long_mb = (int(mb) for mb in re.findall(r"peak (\d+) MB", done.stdout))
    assert long_mb < short_mb + GROWTH_MB
