"""Standard output: letters that a terminal lacks, and a place that takes no more."""

from __future__ import annotations

import codecs
import errno
import os
import sys
from io import TextIOWrapper
from typing import Final

_PLAIN: Final = {
    "\N{MINUS SIGN}": "-",
    "\N{EN DASH}": "-",
    "\N{GREATER-THAN OR EQUAL TO}": ">=",
    "\N{LESS-THAN OR EQUAL TO}": "<=",
    "\N{PLUS-MINUS SIGN}": "+-",
}
"""Signs without which a number would say something else, in letters that every terminal has."""
_HANDLER: Final = "kneedrive_plain"
_NO_QUOTA: Final = getattr(errno, "EDQUOT", errno.ENOSPC)  # not every system has quotas
_FULL: Final = {errno.ENOSPC, _NO_QUOTA, errno.EFBIG, errno.EIO}


def _in_plain_letters(error: UnicodeError) -> tuple[str, int]:
    """Minus as a hyphen and the like; a question mark for every other letter that is lacking."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_PLAIN.get(letter, "?") for letter in lacking), error.end


def use_plain_letters() -> None:
    """Have standard output write what its encoding lacks in plain letters."""
    codecs.register_error(_HANDLER, _in_plain_letters)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors=_HANDLER)


def takes_no_more(error: OSError) -> bool:
    """Whether it came from writing where no file is named, as to standard output on a full disk."""
    return error.errno in _FULL and error.filename is None


def drop_stdout() -> None:
    """Have what is still to be written lead nowhere, else the program's end would fail too."""
    if isinstance(sys.stdout, TextIOWrapper):
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, sys.stdout.fileno())
        os.close(sink)
