"""Real clips, disturbed at random: how many labelled events are still found, what numbers hold.

Run it as ``python -m validation.disturbed [--shared DIR] [--count N] [--seed S] [--only NAME]``.

Each labelled clip is made smaller or larger, turned, mirrored, darkened or brightened, shaken, made
noisy and compressed, all at once and each by chance; it keeps its frames and their times, so that
the labels hold. Numbers that are told as measured in both are compared with the untouched clip's:
they hold it where the difference lies within both 95 % intervals together.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.result import AnalysisResult, Stride
from validation.common import Requirements, parser, print_table
from validation.real_clips import LEAST_FOUND, MOST_SURPLUS, compare_events, grade, read_labels
from validation.variants import edits
from validation.variants.files import FAST, Coder, read, write

LEAST_INSIDE = 0.9
TOO_SMALL = "too small"
MOST_APART_FRAMES = 2
OTHER = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class Disturbance:
    """What is done to a clip.

    Attributes
    ----------
    scale : float
        Its size, against the original's.
    turn_deg : float
        The camera held askew.
    mirrored : bool
    gamma, contrast : float
        Darker above 1; flatter below 1.
    noise : float
        Standard deviation, of 255.
    shake_px : float
    crf : int
        Of H.264: 18 looks untouched, 34 coarse.
    """

    scale: float
    turn_deg: float
    mirrored: bool
    gamma: float
    contrast: float
    noise: float
    shake_px: float
    crf: int

    def told(self) -> str:
        """In a few words."""
        parts = [f"x {self.scale:.2f}", f"{self.turn_deg:+.1f} deg"]
        parts += ["mirrored"] * self.mirrored
        parts += [f"gamma {self.gamma:.2f}", f"contrast {self.contrast:.2f}"]
        parts += [f"noise {self.noise:.0f}"] * (self.noise > 0)
        parts += [f"shaken {self.shake_px:.0f} px"] * (self.shake_px > 0)
        return ", ".join([*parts, f"crf {self.crf}"])


def main() -> int:
    """Print a line for each disturbed clip, and what holds; 1 when something does not."""
    made = parser(__doc__ or "")
    made.add_argument("--only", nargs="*", help="clips whose names contain one of these")
    made.add_argument("--count", type=int, default=3, help="disturbances of each clip")
    made.add_argument("--seed", type=int, default=17)
    asked = made.parse_args()
    clips: Path = asked.shared / "clips"
    rows, counts, inside = [], np.zeros(4, dtype=int), [0, 0]
    random = np.random.default_rng(asked.seed)
    refusals = []
    for name, label in read_labels(clips).items():
        chosen = [draw(random) for _ in range(asked.count)]
        wanted = not asked.only or any(part in name for part in asked.only)
        if not isinstance(label, dict) or "toe_off" not in label or not wanted:
            continue
        before = grade(clips / name)
        for how in chosen:
            result = grade_disturbed(clips / name, how)
            if isinstance(result, str) or isinstance(before, str):
                refusals.append(str(result))
                counts[0] += len(label["touchdown"]) + len(label["toe_off"])  # none is found
                rows.append([name, how.told(), "", "", "", "refused", "", result])
                continue
            row, events, held = compare(result, before, label, how.mirrored)
            rows.append([name, how.told(), *row])
            counts += events
            inside[0] += held[0]
            inside[1] += held[1]
    print_table(
        ("clip", "disturbed", "px", "drives", "steps/s, before", "events", "too many", "inside"),
        rows,
    )
    return judge(counts, inside, refusals)


def draw(random: np.random.Generator) -> Disturbance:
    """A disturbance by chance."""
    return Disturbance(
        scale=float(random.uniform(0.55, 1.15)),
        turn_deg=float(random.uniform(-3, 3)),
        mirrored=bool(random.integers(2)),
        gamma=float(np.exp(random.uniform(-0.6, 0.6))),
        contrast=float(random.uniform(0.7, 1.2)),
        noise=float(random.choice([0, 0, 6, 12])),
        shake_px=float(random.choice([0, 0, 2, 5])),
        crf=int(random.integers(18, 35)),
    )


def grade_disturbed(clip: Path, how: Disturbance) -> AnalysisResult | str:
    """The result of a disturbed clip, or the reason why it was refused."""
    coder = Coder(".mp4", "libx264", "yuv420p", (("crf", str(how.crf)), FAST))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{clip.stem}.mp4"
        frames = edits.each(edits.rolled(how.turn_deg))(read(clip))
        frames = edits.each(edits.scaled(how.scale))(frames)
        if how.shake_px:
            frames = edits.shaken(how.shake_px, seed=how.crf)(frames)
        if how.mirrored:
            frames = edits.each(edits.mirrored)(frames)
        write(path, lit(frames, how), coder)
        return grade(path)


def lit(frames: edits.Frames, how: Disturbance) -> edits.Frames:
    """In other light, with noise."""
    random = np.random.default_rng(how.crf)
    level = np.arange(256) / 255.0
    curve = np.clip((level**how.gamma - 0.5) * how.contrast + 0.5, 0, 1) * 255.0
    for time_s, image in frames:
        noise = random.normal(0.0, how.noise, image.shape) if how.noise else 0.0
        yield time_s, np.clip(curve[image] + noise, 0, 255).astype(np.uint8)


def compare(
    result: AnalysisResult, before: AnalysisResult, label: dict[str, Any], mirrored: bool
) -> tuple[list[object], NDArray[np.int64], tuple[int, int]]:
    """Cells of the table; labelled, found, claimed, too many; numbers inside and compared."""
    labelled, claimed, surplus, offsets = compare_events(result, label)
    pairs = list(same_strides(result.strides, before.strides, mirrored))
    held = [hold for one, other in pairs for hold in inside_both(one, other)]
    rates = (result.summary.step_frequency_hz.value, before.summary.step_frequency_hz.value)
    row: list[object] = [
        f"{result.athlete.height_px:.0f}",
        f"{len(result.strides)} of {len(before.strides)}",
        ", ".join("" if rate is None else f"{rate:.2f}" for rate in rates),
        f"{len(offsets)} of {labelled}",
        surplus,
        f"{sum(held)} of {len(held)}",
    ]
    return row, np.array([labelled, len(offsets), claimed, surplus]), (sum(held), len(held))


def same_strides(
    strides: list[Stride], before: list[Stride], mirrored: bool
) -> Iterator[tuple[Stride, Stride]]:
    """The strides that are in both, by leg and frame; in a mirror left is right."""
    for one in strides:
        side = OTHER[one.side] if mirrored else one.side
        for other in before:
            apart = abs(one.peak_frame - other.peak_frame)
            if other.side == side and apart <= MOST_APART_FRAMES:
                yield one, other


def inside_both(one: Stride, other: Stride) -> Iterator[bool]:
    """Whether a metric's two values differ by less than their intervals, of each that is sure."""
    for name, value in one.metrics.items():
        known = other.metrics[name]
        if {value.status, known.status} != {"measured"}:
            continue
        assert value.value is not None
        assert value.high is not None
        assert known.value is not None
        assert known.high is not None
        within = np.hypot(value.high - value.value, known.high - known.value)
        yield bool(abs(value.value - known.value) <= within)


def judge(counts: NDArray[np.int64], inside: list[int], refusals: list[str]) -> int:
    """Print what holds of all clips together; 1 when something does not."""
    labelled, found, claimed, surplus = (int(n) for n in counts)
    verdict = Requirements()
    verdict.check(
        found >= LEAST_FOUND * labelled, f"{found} of {labelled} labelled events are found"
    )
    verdict.check(
        surplus <= MOST_SURPLUS * claimed, f"{surplus} of {claimed} events match no label"
    )
    verdict.check(
        inside[0] >= LEAST_INSIDE * inside[1],
        f"{inside[0]} of {inside[1]} measured numbers lie within both intervals",
    )
    verdict.check(
        all(TOO_SMALL in reason for reason in refusals),
        f"{len(refusals)} refused, none but for their size",
    )
    return verdict.exit_code


if __name__ == "__main__":
    sys.exit(main())
