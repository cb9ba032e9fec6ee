"""Make a variant and grade it, each in a process of its own, and keep what came out."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

from kneedrive_cv.result import AnalysisResult
from validation.accuracy.clips import KEY_LENGTH
from validation.common import ROOT
from validation.variants.files import read, write
from validation.variants.variant import Places, Variant

Came = Literal["graded", "refused", "crashed", "hung"]
HANGS_AFTER_S = 1800.0
"""Twenty times what the slowest variant takes on a machine that is free."""


@dataclass(frozen=True)
class Outcome:
    """What came of one variant.

    Attributes
    ----------
    came : str
    reason : str
        Of the refusal, or the last lines of a crash.
    took_s : float
    sources : str
        Hash of the package's sources that graded it.
    result : dict or None
        As in ``result.json``.
    """

    came: Came
    reason: str
    took_s: float
    sources: str
    result: dict[str, Any] | None = None

    def graded(self) -> AnalysisResult | None:
        """The result, None where there is none."""
        return None if self.result is None else AnalysisResult.model_validate(self.result)


def told(thing: Any) -> str:
    """A variant's parts in words, with what its edits were made of: same words, same clip."""
    if isinstance(thing, tuple | list):
        return ",".join(map(told, thing))
    if isinstance(thing, partial):
        return f"{told(thing.func)}({','.join(Path(word).name for word in thing.args)})"
    if callable(thing):
        held = [cell.cell_contents for cell in getattr(thing, "__closure__", None) or ()]
        name = getattr(thing, "__qualname__", repr(thing))
        consts = thing.__code__.co_consts if name.endswith("<lambda>") else ()
        return f"{name}({told(held)}){[c for c in consts if isinstance(c, int | float)]}"
    return repr(thing)


def key(variant: Variant) -> str:
    """The name of a variant's files: another source, edit or coder gives another."""
    parts = [variant.source, variant.edits, variant.coder, variant.rotation_deg, variant.metadata]
    words = "|".join(map(told, [*parts, sorted(variant.settings.items())]))
    return f"{variant.name}-{hashlib.sha256(words.encode()).hexdigest()[:KEY_LENGTH]}"


def clip_of(variant: Variant, places: Places) -> Path:
    """The file of a variant, made first where it is not there; whole or not at all."""
    source = places.source(variant.source)
    if variant.as_it_is:
        return source
    clip = places.made / "clips" / f"{key(variant)}{variant.coder.suffix}"
    if clip.exists():
        return clip
    clip.parent.mkdir(parents=True, exist_ok=True)
    frames = read(source)
    for edit in variant.edits:
        frames = edit(frames)
    with tempfile.TemporaryDirectory(dir=clip.parent, prefix=".making-") as folder:
        made = Path(folder) / clip.name
        write(
            made,
            frames,
            variant.coder,
            rotation_deg=variant.rotation_deg,
            metadata=variant.metadata,
        )
        made.replace(clip)
    return clip


def grade(variant: Variant, places: Places, sources: str) -> Outcome:
    """Grade one variant in this process."""
    from kneedrive_cv import analyze
    from kneedrive_cv.config import Settings
    from kneedrive_cv.errors import KneedriveError

    clip = clip_of(variant, places)
    began_s = perf_counter()
    try:
        result = analyze(clip, Settings(**variant.settings)).result
    except KneedriveError as error:
        return Outcome("refused", str(error), perf_counter() - began_s, sources)
    except Exception:
        return Outcome("crashed", traceback.format_exc()[-800:], perf_counter() - began_s, sources)
    came = result.model_dump(mode="json")
    return Outcome("graded", "", perf_counter() - began_s, sources, came)


def kept(variant: Variant, places: Places) -> Path:
    """Where the outcome of a variant is kept."""
    return places.made / "outcomes" / f"{key(variant)}.json"


def load(variant: Variant, places: Places) -> Outcome | None:
    """The outcome that was kept, None where there is none."""
    path = kept(variant, places)
    return Outcome(**json.loads(path.read_text("utf-8"))) if path.exists() else None


def keep(variant: Variant, places: Places, outcome: Outcome) -> None:
    """Keep an outcome; whole or not at all."""
    path = kept(variant, places)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(asdict(outcome)), "utf-8")
    unfinished.replace(path)


def do_all(
    variants: list[Variant],
    places: Places,
    sources: str,
    *,
    workers: int,
    arguments: list[str],
    say: Callable[[str], None],
) -> None:
    """Grade variants, each by a process that may crash or hang.

    Parameters
    ----------
    variants : list of Variant
    places : Places
    sources : str
    workers : int
        Processes side by side.
    arguments : list of str
        Of the command, so that a process finds the same places.
    say : callable
        Told a line after each.
    """

    def one(variant: Variant) -> str:
        command = [sys.executable, "-m", "validation.variants", *arguments, "--one", variant.name]
        began_s = perf_counter()
        try:
            subprocess.run(command, cwd=ROOT, timeout=HANGS_AFTER_S, check=True)
        except subprocess.TimeoutExpired:
            keep(variant, places, Outcome("hung", "", HANGS_AFTER_S, sources))
        except subprocess.CalledProcessError as error:
            crash = f"the process ended with {error.returncode}"
            keep(variant, places, Outcome("crashed", crash, perf_counter() - began_s, sources))
        outcome = load(variant, places)
        if outcome is None:
            raise RuntimeError(f"{variant.name}: its process kept no outcome")
        return f"{variant.name}: {outcome.came} {' '.join(outcome.reason.splitlines()[-1:])}"

    with ThreadPoolExecutor(workers) as pool:
        for line in pool.map(one, variants):
            say(line)
