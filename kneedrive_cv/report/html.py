"""``report.html``: one file that opens anywhere, without a network."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kneedrive_cv.report import view
from kneedrive_cv.report.figures import Figure
from kneedrive_cv.report.stills import fault_key
from kneedrive_cv.result import AnalysisResult
from kneedrive_cv.technique.drills import DRILLS

_TEMPLATE: Final = "report.html.j2"


@dataclass(frozen=True)
class Pictures:
    """The pictures of a report.

    Attributes
    ----------
    stills : dict of str to bytes
        JPEG of each fault, by `stills.fault_key`. What is missing is left out of the page.
    figures : list of Figure
        The angle curves.
    kinogram : bytes or None
        The kinogram as JPEG.
    kinogram_alt : str
        The kinogram in words.
    """

    stills: dict[str, bytes] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)
    kinogram: bytes | None = None
    kinogram_alt: str = ""


def render_report(result: AnalysisResult, pictures: Pictures) -> str:
    """The report as one HTML text; names from outside are shown as text, whatever they hold.

    Parameters
    ----------
    result : AnalysisResult
        What was found.
    pictures : Pictures
        What is shown with it.
    """
    keys = {i: fault_key(i) for i in range(len(result.faults))}
    rows, notes = view.stride_table(result)
    return _environment().get_template(_TEMPLATE).render(
        result=result,
        checks=view.check_rows(result),
        glance=view.glance(result),
        faults=view.fault_cards(result, keys),
        stills={key: _data_uri(data) for key, data in pictures.stills.items()},
        kinogram=None if pictures.kinogram is None else _data_uri(pictures.kinogram),
        kinogram_alt=pictures.kinogram_alt,
        figures=[(figure, Markup(figure.svg)) for figure in pictures.figures],
        columns=view.COLUMN_TITLES,
        stride_rows=rows,
        stride_notes=notes,
        not_measured=view.not_measured(result),
        reading=view.reading(result),
        direction=view.direction_words(result),
        after_strain=DRILLS["after_strain"],
    )  # fmt: skip


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("kneedrive_cv.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _data_uri(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode('ascii')}"
