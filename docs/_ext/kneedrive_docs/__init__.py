"""Parts of the pages that are made from the code, so that they cannot drift from it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from kneedrive_docs.directives import DIRECTIVES

SCHEMA_FILE = "result.schema.json"
_LINK_OUT = re.compile(r"\[([^\]]+)\]\(\.\./[^)]+\)")
"""A link from accuracy.md, which `make accuracy` writes, to what is beside these pages."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx the directives, and write the schema beside the built pages."""
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive)
    app.add_html_math_renderer("mathml", (_inline_math, None), (_math_block, None))
    app.connect("source-read", _drop_links_out)
    app.connect("build-finished", _write_schema)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _inline_math(writer: HTML5Translator, node: nodes.math) -> None:
    """A formula that the browser draws by itself: MathJax would need a network."""
    writer.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def _math_block(writer: HTML5Translator, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="math">{tex2mathml(node.astext(), as_block=True)}</div>')
    raise nodes.SkipNode


def _drop_links_out(_: Sphinx, name: str, source: list[str]) -> None:
    if name == "accuracy":
        source[0] = _LINK_OUT.sub(r"\1", source[0])


def _write_schema(app: Sphinx, error: Exception | None) -> None:
    from kneedrive_cv.export.json import schema

    if error is None and app.builder.format == "html":
        path = Path(app.outdir) / "reference" / SCHEMA_FILE
        path.write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")
