"""The error table: ``python -m validation.accuracy [--quick] [--seed N ...] [--workers N]``."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Collection
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from validation.accuracy import grade, groups
from validation.accuracy.clips import clip_path, is_there
from validation.accuracy.compare import ClipErrors, compare
from validation.accuracy.groups import GROUPS
from validation.accuracy.matrix import (
    HARDER_SEEDS,
    REPORTED_SEEDS,
    SEEDS,
    Cell,
    cells,
    parameters_of,
    reported,
    seeds_in_words,
)
from validation.accuracy.tables import Header, page
from validation.accuracy.targets import TWICE, Target, targets
from validation.common import ROOT
from validation.sprinter.renderer import why_not
from validation.truth import load_truth


def main(arguments: list[str] | None = None) -> int:
    """Render, grade, compare, write; 1 where ``--check`` is given and a target is not reached."""
    asked = _parser().parse_args(arguments)
    chosen = _chosen(asked)
    if not chosen:
        print("no clip of the matrix has such a name", file=sys.stderr)
        return 2
    sources = grade.source_key()
    works = [_work(cell, seed, asked.clips, sources) for cell, seed in chosen]
    undrawn = not asked.only_done and not all(is_there(work.clip) for work in works)
    if undrawn and (missing := why_not()):
        print(f"the clips cannot be drawn: {missing}", file=sys.stderr)
        return 2
    try:
        if not asked.only_done:
            grade.do_all(works, workers=asked.workers)
        return _tables(chosen, works, asked)
    except OSError as error:
        print(f"{error.filename or asked.clips}: {error.strerror or error}", file=sys.stderr)
        return 2
    except BrokenProcessPool:
        print("a clip's process was ended from outside; fewer --workers need less memory",
              file=sys.stderr)  # fmt: skip
        return 2
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130


def _chosen(asked: argparse.Namespace) -> list[tuple[Cell, int]]:
    """The cells asked for, each with its seed."""
    if asked.seed is None:
        return reported(quick=asked.quick, only=asked.only)
    return [(cell, n) for n in asked.seed for cell in cells(quick=asked.quick, only=asked.only)]


def _tables(
    chosen: list[tuple[Cell, int]], works: list[grade.Work], asked: argparse.Namespace
) -> int:
    """The tables of all that is graded."""
    compared = [
        compare(
            clip_name(cell, seed, {number for _, number in chosen}),
            load_truth(work.clip),
            grade.load(work.clip, work.kept),
        )
        for (cell, seed), work in zip(chosen, works, strict=True)
        if work.kept.exists()
    ]
    if not compared:
        print("nothing is graded yet", file=sys.stderr)
        return 2
    seeds = asked.seed
    if seeds is None and not any(number in HARDER_SEEDS for _, number in chosen):
        seeds = REPORTED_SEEDS
    header = Header(seeds_in_words(seeds), _command(asked), len(chosen))
    write(compared, header, asked.out)
    failed = [line for line in _all_targets(compared) if not line.holds]
    return int(bool(failed)) if asked.check else 0


def clip_name(cell: Cell, seed: int, seeds: Collection[int]) -> str:
    """What the table calls a clip: the name of its cell, and its seed where there are several."""
    return f"{cell.name} {seed}" if len(seeds) > 1 else cell.name


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m validation.accuracy",
        description="Measure the errors of kneedrive on rendered clips of known truth.",
        epilog="What is done is kept: the same command goes on where it was stopped.",
    )
    made.add_argument("--quick", action="store_true", help="only a small subset")
    made.add_argument(
        "--seed", type=int, nargs="+", choices=range(SEEDS),
        metavar=f"0..{SEEDS - 1}", help="other people, lights, places and techniques",
    )  # fmt: skip
    made.add_argument("--only", nargs="+", metavar="NAME", help="clips whose names contain it")
    made.add_argument("--clips", type=Path, default=ROOT / ".accuracy", help="folder to keep them")
    made.add_argument(
        "--workers", type=int, choices=range(1, 65), default=1, metavar="N",
        help="clips at a time, 0.7 GB each",
    )  # fmt: skip
    made.add_argument("--out", type=Path, help="folder of accuracy.md and .json; by default docs")
    made.add_argument("--only-done", action="store_true", help="table of what is graded already")
    made.add_argument("--check", action="store_true", help="end with 1 where a target is missed")
    return made


def _command(asked: argparse.Namespace) -> str:
    words = ["python -m validation.accuracy"]
    words += ["--quick"] * asked.quick
    if asked.seed is not None:
        words += ["--seed", *map(str, asked.seed)]
    return " ".join([*words, *(["--only", *asked.only] if asked.only else [])])


def _work(cell: Cell, seed: int, folder: Path, sources: str) -> grade.Work:
    parameters = parameters_of(cell, seed)
    clip = clip_path(folder, cell.name, parameters)
    return grade.Work(clip, parameters, grade.kept_in(clip, sources))


def _all_targets(clips: list[ClipErrors]) -> list[Target]:
    return [line for group in ("target", *TWICE) for line in targets(clips, group)]


def write(clips: list[ClipErrors], header: Header, out: Path | None) -> None:
    """Print the table and write it with all numbers beside it.

    Parameters
    ----------
    clips : list of ClipErrors
    header : Header
    out : Path or None
        The folder; None for ``docs``, which only a run of the whole matrix may change.
    """
    text = page(clips, header)
    print(text)
    if out is None and len(clips) < header.expected:
        print("not all clips are graded: nothing was written", file=sys.stderr)
        return
    folder = out or ROOT / "docs"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "accuracy.md").write_text(text, encoding="utf-8")
    numbers = {
        "seeds": header.seeds,
        "targets": {group: _plain_targets(clips, group) for group in ("target", *TWICE)},
        "groups": {name: groups.plain(groups.group_of(clips, name)) for name in GROUPS},
    }
    (folder / "accuracy.json").write_text(
        json.dumps(_rounded(numbers), indent=1, allow_nan=False) + "\n", encoding="utf-8"
    )


def _plain_targets(clips: list[ClipErrors], group: str) -> list[dict[str, Any]]:
    return [
        {
            "name": line.name,
            "unit": line.unit,
            "low": line.low,
            "high": line.high,
            "reached": line.reached,
            "n": line.n,
            "holds": line.holds,
        }
        for line in targets(clips, group)
    ]


def _rounded(item: Any) -> Any:
    """Floats to three digits; JSON knows no NaN: it becomes null."""
    if isinstance(item, float):
        return round(item, 3) if math.isfinite(item) else None
    if isinstance(item, dict):
        return {key: _rounded(value) for key, value in item.items()}
    return [_rounded(value) for value in item] if isinstance(item, list) else item


if __name__ == "__main__":
    sys.exit(main())
