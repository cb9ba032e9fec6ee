"""How much worse a clip is read, and how true its intervals stay, the more it is compressed.

Run it as ``python -m validation.compression [--clips DIR] [--seed N] [--workers N]``.

Some side views of the error table are rendered with hardly any loss, at two sizes of the athlete,
and compressed anew, from what a phone writes to what a messenger leaves. The errors are those of
`validation.accuracy`: mean absolute, over all frames and both legs. Beside them stands how much the
landmarks tremble, percent of the athlete's height, by which the intervals are widened.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kneedrive_cv.technique.uncertainty import percent_of
from validation.accuracy import grade
from validation.accuracy.clips import clip_path, is_there
from validation.accuracy.compare import ClipErrors, compare
from validation.accuracy.matrix import SEEDS, Cell, cells, parameters_of
from validation.common import print_table
from validation.sprinter.parameters import ClipParameters
from validation.truth import load_truth
from validation.variants.files import Coder, read, write

NAMES = ("ankle_both", "clean_pan", "late_both", "low_both", "foot_ahead_both", "pitch_one_far")
PICTURES_PX = {150.0: (854, 480), 300.0: (1280, 720)}
"""The athlete's height, and the size of the picture that he is in."""

UNTOUCHED = 4
"""Of H.264, hardly any loss."""

CRFS = (23, 30, 36)
"""23 is what coders do when nothing is said; 30 blurs the grain of the picture, 36 the feet."""

ANGLES = ("thigh", "knee_flexion", "ankle_dorsiflexion", "foot_pitch")


def main() -> int:
    """Render, compress, grade and print a line for each size and compression."""
    asked = _parser().parse_args()
    chosen = [cell for cell in cells(only=NAMES) if cell.name in NAMES]
    sources = grade.source_key()
    rows: list[list[object]] = []
    for height_px in PICTURES_PX:
        clean = [_work(cell, height_px, asked, sources) for cell in chosen]
        grade.do_all(clean, workers=asked.workers)
        rows.append(_row(height_px, UNTOUCHED, clean))
        for crf in CRFS:
            again = [_compressed(work, crf, sources) for work in clean]
            grade.do_all(again, workers=asked.workers)
            rows.append(_row(height_px, crf, again))
    angles = [name.replace("_", " ") for name in ANGLES]
    print_table(
        ("px", "crf", "kbit/s", "tremble %", *angles, "touchdown ms", "intervals", "hold %",
         "faults", "found", "blamed"), rows,
    )  # fmt: skip
    return 0


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    made.add_argument("--clips", type=Path, default=Path("compressed_clips"))
    made.add_argument("--seed", type=int, default=3, choices=range(SEEDS), metavar="N")
    made.add_argument("--workers", type=int, default=2)
    return made


def _work(cell: Cell, height_px: float, asked: argparse.Namespace, sources: str) -> grade.Work:
    """The clip of a cell at a size, as it was rendered."""
    clean = _at_size(parameters_of(cell, asked.seed), height_px)
    clip = clip_path(asked.clips, f"{cell.name}_{height_px:.0f}", clean)
    return grade.Work(clip, clean, grade.kept_in(clip, sources))


def _compressed(work: grade.Work, crf: int, sources: str) -> grade.Work:
    """The same clip once more, compressed, with the truth beside it."""
    clip = work.clip.with_name(f"{work.clip.stem}-crf{crf}.mp4")
    if not is_there(clip):
        coder = Coder(".mp4", "libx264", "yuv420p", (("crf", str(crf)), ("preset", "medium")))
        write(clip, read(work.clip), coder)
        shutil.copy(work.clip.with_suffix(".json"), clip.with_suffix(".json"))
    return grade.Work(clip, work.parameters, grade.kept_in(clip, sources))


def _at_size(parameters: ClipParameters, height_px: float) -> ClipParameters:
    width_px, picture_px = PICTURES_PX[height_px]
    camera = parameters.camera.model_copy(update={"athlete_height_px": height_px})
    size = {"width_px": width_px, "height_px": picture_px, "crf": UNTOUCHED}
    video = parameters.video.model_copy(update=size)
    return parameters.model_copy(update={"camera": camera, "video": video})


def _row(height_px: float, crf: int, works: Sequence[grade.Work]) -> list[object]:
    """What a size and a compression give over all clips."""
    graded = [grade.load(work.clip, work.kept) for work in works]
    found: list[ClipErrors] = [
        compare(work.clip.stem, load_truth(work.clip), one)
        for work, one in zip(works, graded, strict=True)
    ]
    athletes = [one.result.athlete for one in graded if not isinstance(one, grade.Refused)]
    tremble = [percent_of(athlete.tremble_px, athlete.height_px) for athlete in athletes]
    kbit_s = [work.clip.stat().st_size * 8e-3 / load_truth(work.clip).last_s for work in works]
    off = [_mae(found, f"{name}_deg") for name in ANGLES]
    landed = [e.found_s - e.true_s for c in found for e in c.events if e.type == "touchdown"]
    claimed = [r for c in found for r in c.readings if r.claimed]
    judged = [j for c in found for j in c.checks if j.shown]
    clear = [j for j in judged if j.true == "fault" and j.clear]
    blamed = sum(j.verdict == "fault" for j in judged if j.true == "pass")
    return [
        f"{height_px:.0f}",
        crf,
        f"{np.mean(kbit_s):.0f}",
        f"{np.mean(tremble):.2f}",
        *off,
        1000 * float(np.nanmean(np.abs(landed))),
        len(claimed),
        100 * float(np.mean([r.holds for r in claimed])),
        len(clear),
        sum(j.verdict == "fault" for j in clear),
        blamed,
    ]


def _mae(found: Sequence[ClipErrors], angle: str) -> float:
    errors = [e for c in found for (name, _), e in c.angles.items() if name == angle]
    return float(np.nanmean(np.abs(np.concatenate(errors))))


if __name__ == "__main__":
    raise SystemExit(main())
