"""One graded run in a notebook or a script: the numbers as tables, the pictures, the exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.config import Targets
from kneedrive_cv.extras import need
from kneedrive_cv.label import label_of
from kneedrive_cv.looks import Progress
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.result import AnalysisResult, Check, Fault, Summary

if TYPE_CHECKING:
    import pandas as pd

    from kneedrive_cv.report.picture import Picture, Plot
    from kneedrive_cv.technique.rule import Rule


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class Run:
    """A graded run.

    Attributes
    ----------
    analysis : Analysis
        The result and the arrays behind it, as the stages give them.
    folder : Path or None
        Where it was loaded from.
    """

    analysis: Analysis
    folder: Path | None = None

    @property
    def result(self) -> AnalysisResult:
        """What ``result.json`` holds."""
        return self.analysis.result

    @property
    def pose(self) -> PoseTrack:
        """The repaired and smoothed landmarks."""
        return self.analysis.pose

    @property
    def raw_pose(self) -> PoseTrack:
        """The landmarks as they were read; those of `pose` for a run that was loaded."""
        return self.analysis.raw_pose

    @property
    def clip_path(self) -> Path:
        """The clip, or the pose file where there was no clip."""
        return self.analysis.clip_path

    @property
    def summary(self) -> Summary:
        """The verdict at a glance."""
        return self.result.summary

    @property
    def checks(self) -> list[Check]:
        """Each line of the technique, for each leg."""
        return self.result.checks

    @property
    def faults(self) -> list[Fault]:
        """The checks that failed, the worst first, each with its frame and its drills."""
        return self.result.faults

    @property
    def angles(self) -> pd.DataFrame:
        """A table with a row a frame: number, time and all angles, named as in ``angles.csv``.

        Raises
        ------
        ConfigError
            pandas is not installed.
        """
        from kneedrive_cv.export.tables import angle_columns

        return _frame(angle_columns(self.analysis.angles))

    @property
    def strides(self) -> pd.DataFrame:
        """A table with a row a knee drive, and in it each metric with its 95 % interval.

        Columns are those of ``strides.csv`` and a few more, among them ``stride`` and, for each
        metric, its status.

        Raises
        ------
        ConfigError
            pandas is not installed.
        """
        from kneedrive_cv.export.tables import stride_columns

        return _frame(stride_columns(self.result.strides))

    @property
    def plot(self) -> Plots:
        """What can be drawn, as ``plot.angles()``, ``plot.kinogram()`` or ``plot.stride(3)``."""
        return Plots(self.analysis)

    def frame(self, number: int, *, near: bool = True) -> Picture:
        """A frame of the clip with the skeleton.

        Parameters
        ----------
        number : int
            0-based frame of the container.
        near : bool
            Cut out around the athlete; otherwise the whole picture, as the overlay shows it.

        Returns
        -------
        Picture
            Shown by a notebook as it is; ``image_rgb`` is the array, ``save()`` writes a file.

        Raises
        ------
        ConfigError
            The clip has no such frame.
        VideoError
            The clip is no longer there.
        """
        from kneedrive_cv.report.picture import frame_picture

        return frame_picture(self.analysis, number, near=near)

    def regraded(
        self,
        targets: Targets | dict[str, Any] | None = None,
        rules: Sequence[Rule] | None = None,
    ) -> Run:
        """The same run judged by other targets or by other checks; nothing is measured anew.

        Parameters
        ----------
        targets : Targets or dict, optional
            By default those that it was graded by.
        rules : sequence of Rule, optional
            By default those of `kneedrive_cv.technique.rules.RULES`.

        Raises
        ------
        ConfigError
            There is no such target, a value does not fit, or a rule names what there is not.
        """
        from kneedrive_cv.technique.regrade import regrade

        if targets is not None:
            targets = Targets.from_dict(targets, where="targets")
        angles = self.analysis.angles.columns
        result = regrade(self.result, angles, self.pose, targets, rules)
        return Run(self.analysis.with_result(result), self.folder)

    def labelled(self, *, name: str = "", recorded: str | date = "") -> Run:
        """The same with the athlete's name and the day of the run, for the report.

        Parameters
        ----------
        name : str, optional
        recorded : str, date or datetime, optional
            The day; text as ``2026-05-31``.

        Raises
        ------
        ConfigError
            One of them is no such thing.
        """
        return Run(self.analysis.labelled(**label_of(name, recorded)), self.folder)

    def write(
        self, out: str | Path = "runs", *, slower: float = 1.0, progress: Progress | None = None
    ) -> Path:
        """Write the report and everything beside it; see `kneedrive_cv.write_outputs`."""
        from kneedrive_cv.api import write_outputs

        return write_outputs(self, out, slower=slower, progress=progress)

    def export(
        self,
        format: str,  # noqa: A002
        path: str | Path | None = None,
        *,
        height_m: float | None = None,
    ) -> Path:
        """Write the run for another tool; see `kneedrive_cv.export_run`."""
        from kneedrive_cv.api import export_run

        return export_run(self, format, path, height_m=height_m)

    def __repr__(self) -> str:
        drives = len(self.result.strides)
        return f"<Run {self.result.clip.name}: {drives} knee drives, {len(self.faults)} faults>"

    def _repr_html_(self) -> str:
        from kneedrive_cv.report.run_page import run_html

        return run_html(self.result)


@dataclass(frozen=True)
class Plots:
    """The pictures of a run; each is shown by a notebook as it is."""

    analysis: Analysis

    def angles(self, *names: str | Iterable[str]) -> Plot:
        """Angles over the time of the run, the feet's contacts behind them.

        Parameters
        ----------
        *names : str or iterable of str
            Angles without side and unit, as ``"hip_flexion", "thigh"`` or a list of them; by
            default all.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from kneedrive_cv.report.plots import plot_angles

        lists = [[each] if isinstance(each, str) else each for each in names]
        return plot_angles(self.analysis, list(chain(*lists)))

    def stride(self, number: int) -> Plot:
        """One knee drive: the frame at its top beside its angles, each with its interval.

        Parameters
        ----------
        number : int
            The stride's number, from 1.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from kneedrive_cv.report.plots import plot_stride

        return plot_stride(self.analysis, number)

    def kinogram(self) -> Picture:
        """Five moments of one stride of each leg, side by side."""
        from kneedrive_cv.report.picture import kinogram_picture

        return kinogram_picture(self.analysis)


def _frame(columns: dict[str, list[Any]]) -> pd.DataFrame:
    pandas = need("pandas", extra="notebooks", what="A table of a run")
    return pandas.DataFrame(columns)
