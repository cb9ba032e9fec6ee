"""``report.html``: one file that opens anywhere, without a network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from kneedrive_cv.report import view
from kneedrive_cv.report.asymmetry import pairs
from kneedrive_cv.report.charts import STRIPS, Chart
from kneedrive_cv.report.drill_figures import DRAWINGS
from kneedrive_cv.report.figurine_svg import Drawing, draw
from kneedrive_cv.report.history import History
from kneedrive_cv.report.kinogram import Moment
from kneedrive_cv.report.pages import (
    content_policy,
    embed_video,
    is_embedded,
    jpeg_uri,
    page_environment,
    read_script,
)
from kneedrive_cv.report.playback import NEAR_FROM
from kneedrive_cv.report.renew import change_part
from kneedrive_cv.report.stills import fault_key
from kneedrive_cv.report.stride_table import stride_table
from kneedrive_cv.report.travel import travel_words
from kneedrive_cv.report.trust import GOING, direction_words, film_tips, not_measured, reading
from kneedrive_cv.report.words import TERMS
from kneedrive_cv.result import AnalysisResult
from kneedrive_cv.technique.drills import DRILLS
from kneedrive_cv.technique.not_a_sprint import is_drill

FIRST_FAULTS: Final = 3
"""More than that nobody changes at once."""

_TAIL: Final = "</body>\n</html>\n"


@dataclass(frozen=True)
class Pictures:
    """The pictures of a report. What is missing is left out of the page.

    Attributes
    ----------
    stills : dict of str to bytes
        JPEG of each fault, by `stills.fault_key`.
    kinogram : bytes or None
        The kinogram as JPEG.
    kinogram_alt : str
        The kinogram in words.
    moments : list of Moment
        The frames of the kinogram.
    time_charts, stride_charts : list of Chart
        The angle curves.
    video : Path or None
        The overlay.
    data : dict
        What `playback.page_data` says of the video.
    history : History or None
        How the athlete has changed.
    """

    stills: dict[str, bytes] = field(default_factory=dict)
    kinogram: bytes | None = None
    kinogram_alt: str = ""
    moments: list[Moment] = field(default_factory=list)
    time_charts: list[Chart] = field(default_factory=list)
    stride_charts: list[Chart] = field(default_factory=list)
    video: Path | None = None
    data: dict[str, Any] = field(default_factory=dict)
    history: History | None = None


def write_report(result: AnalysisResult, pictures: Pictures, path: Path) -> None:
    """Write ``report.html``; the video goes into it piece by piece."""
    with path.open("w", encoding="utf-8") as file:
        for piece in report_pieces(result, pictures):
            file.write(piece)


def report_pieces(result: AnalysisResult, pictures: Pictures) -> Iterator[str]:
    """The page in pieces; names from outside are shown as text, whatever they hold.

    Parameters
    ----------
    result : AnalysisResult
        What was found.
    pictures : Pictures
        What is shown with it.
    """
    keys = {i: fault_key(i) for i in range(len(result.faults))}
    script = read_script("player.js", "report.js")
    embedded = is_embedded(pictures.video)
    yield page_environment().get_template("report.html.j2").render(
        policy=content_policy(script, embedded=embedded),
        script=Markup(script),
        data=pictures.data,
        playable=pictures.video is not None and bool(pictures.data.get("frames")),
        embedded=embedded,
        near=pictures.data.get("athlete", {}).get("zoom", 1.0) >= NEAR_FROM,
        shown_frames=len(pictures.data.get("frames", ())),
        checks=view.check_rows(result),
        glance=view.glance(result),
        doubts=view.doubts(result),
        doubted=view.doubted(result),
        check_doubts=view.check_doubts(result),
        travel=travel_words(result),
        faults=view.fault_cards(result, keys),
        first_faults=FIRST_FAULTS,
        stills={key: jpeg_uri(data) for key, data in pictures.stills.items()},
        kinogram=None if pictures.kinogram is None else jpeg_uri(pictures.kinogram),
        kinogram_alt=pictures.kinogram_alt,
        moments=pictures.moments,
        time_charts=pictures.time_charts,
        stride_charts=pictures.stride_charts,
        strips=STRIPS,
        pairs=pairs(result),
        table=stride_table(result, travel=True),
        terms=TERMS,
        not_measured=not_measured(result),
        film_tips=film_tips(result),
        reading=reading(result),
        direction=direction_words(result),
        going=GOING.get(result.scene.gait, "running"),
        lifts="lifts" if is_drill(result.scene.gait) else "drives",
        drawings=drill_drawings([d.code for d in result.drills] + ["after_strain"]),
        after_strain=DRILLS["after_strain"],
        **change_part(result, pictures.history),
    )  # fmt: skip
    if pictures.video is not None and embedded:
        yield from embed_video(pictures.video, "clip")
    yield _TAIL


def drill_drawings(codes: Iterable[str]) -> dict[str, Drawing]:
    """The drawings of some drills; a drill without one is left out."""
    return {code: draw(DRAWINGS[code]) for code in codes if code in DRAWINGS}
