"""``python -m kneedrive_cv`` is the command ``kneedrive``."""

from kneedrive_cv.cli import app

app(prog_name="kneedrive")
