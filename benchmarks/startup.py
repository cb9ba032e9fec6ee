"""How long ``kneedrive --help`` and an import of the package take.

``python benchmarks/startup.py [--runs 7]``
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
HELP = ("-m", "kneedrive_cv", "--help")
NOTHING = ("-c", "pass")
MODULES = ("kneedrive_cv", "kneedrive_cv.cli")


def run(arguments: Sequence[str]) -> tuple[float, str]:
    """Seconds that Python takes for the arguments, and what it said on stderr."""
    start_s = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return time.perf_counter() - start_s, done.stderr


def import_s(module: str) -> float:
    """Seconds that an import takes with all that it imports, by ``-X importtime``."""
    _, said = run(("-X", "importtime", "-c", f"import {module}"))
    parts = re.findall(rf"\| +(\d+) \| +{re.escape(module)}$", said, re.MULTILINE)
    return int(parts[-1]) / 1e6


def main() -> None:
    """Print medians; runs of the three take turns, so that a busy machine slows all alike."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    times: dict[str, list[float]] = {}
    for _ in range(runs):
        times.setdefault("python -c pass", []).append(run(NOTHING)[0])
        times.setdefault("kneedrive --help", []).append(run(HELP)[0])
        for module in MODULES:
            times.setdefault(f"import {module}", []).append(import_s(module))
    bare_s = median(times["python -c pass"])
    for name, taken in times.items():
        middle_s = median(taken)
        print(f"{name:24} {1000 * middle_s:6.0f} ms  {middle_s / bare_s:5.1f} of python -c pass")


if __name__ == "__main__":
    main()
