"""Sphinx: builds the pages with ``sphinx-build -W docs docs/_build``."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]

from kneedrive_cv.version import __version__  # noqa: E402

project = "kneedrive"
author = "the kneedrive authors"
copyright = "the kneedrive authors, Apache-2.0"  # noqa: A001
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "kneedrive_docs",
]
exclude_patterns = ["_build", "_ext"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

smartquotes = False
default_role = "py:obj"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
# as the code names them, not as numpy spells them out
autodoc_type_aliases = {"FloatArray": "FloatArray", "BoolArray": "BoolArray"}
python_use_unqualified_type_names = True
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

html_math_renderer = "mathml"
html_theme = "furo"
html_title = f"kneedrive {release}"
html_copy_source = False
html_show_sourcelink = False
