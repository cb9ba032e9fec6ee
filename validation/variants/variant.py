"""What a variant is: where it comes from, what was done to it, and what should come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from validation.accuracy.clips import clip_path, render
from validation.accuracy.matrix import CELLS, parameters_of
from validation.common import ROOT
from validation.sprinter.parameters import ClipParameters
from validation.variants.edits import Edit
from validation.variants.files import H264, Coder

Expected = Literal["graded", "refused", "unclear"]
"""What should come out; unclear where a person could not judge the clip either."""


@dataclass(frozen=True)
class Real:
    """A clip of ``shared/clips``."""

    name: str


@dataclass(frozen=True)
class Sample:
    """One of ``sample_videos``, rendered."""

    name: str


@dataclass(frozen=True)
class Rendered:
    """A clip of the sprinter: a cell of the error table, or parameters."""

    name: str
    asked: Mapping[str, Any] | None = None

    def parameters(self) -> ClipParameters:
        """What the sprinter is asked for."""
        if self.asked is not None:
            return ClipParameters.model_validate(self.asked)
        return parameters_of(next(cell for cell in CELLS if cell.name == self.name), seed=0)


Source = Real | Sample | Rendered

SAME_RUN_FIXED, SAME_RUN_PANNING = "same_run_fixed", "same_run_panning"
"""Names of the same runs, filmed by a camera that stands and by one that pans, but for a number."""


@dataclass(frozen=True)
class Variant:
    """One clip of the set.

    Attributes
    ----------
    name : str
    line : str
        Which line of the requirements it belongs to.
    source : Source
    edits : tuple of Edit
        Done one after the other.
    coder : Coder
    rotation_deg : int
    metadata : tuple of (str, str)
    settings : mapping
        Of `kneedrive_cv.config.Settings`, where they are not the default.
    expected : str
    says : str
        A word that the reason of a refusal or a warning has to contain.
    same_as : str
        Variant whose numbers it should repeat.
    gait : str
        What it should be called; empty where that is not asked.
    mirrored : bool
        Left and right are exchanged against the source.
    slow_motion : float
        How many times slower than real time it plays.
    other_run : bool
        The truth of the source does not hold, as when only a part of it is left.
    """

    name: str
    line: str
    source: Source
    edits: tuple[Edit, ...] = ()
    coder: Coder = H264
    rotation_deg: int = 0
    metadata: tuple[tuple[str, str], ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    expected: Expected = "graded"
    says: str = ""
    same_as: str = ""
    gait: str = ""
    mirrored: bool = False
    slow_motion: float = 1.0
    other_run: bool = False

    @property
    def as_it_is(self) -> bool:
        """Whether the file of the source serves, as nothing was done to it."""
        return not (self.edits or self.rotation_deg or self.metadata or self.coder != H264)


@dataclass(frozen=True)
class Places:
    """Where clips are: those of others, those rendered, and those made here."""

    shared: Path
    rendered: Path
    made: Path

    def source(self, source: Source) -> Path:
        """The file of a source, rendered first where it is not there."""
        if isinstance(source, Real):
            return self.shared / "clips" / f"{source.name}.mp4"
        if isinstance(source, Sample):
            return ROOT / "sample_videos" / f"{source.name}.mp4"
        clip = clip_path(self.rendered, source.name, source.parameters())
        render(clip, source.parameters())
        return clip

    def truth(self, source: Source) -> Path | None:
        """The file of its truth, None for real clips."""
        return None if isinstance(source, Real) else self.source(source).with_suffix(".json")
