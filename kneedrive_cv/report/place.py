"""How the folder of a graded clip gets its final name."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Final

from kneedrive_cv.errors import OutputError
from kneedrive_cv.report.output_files import OUTPUT_FILES

OTHER_FOLDER: Final = "Choose another folder with --out."


def put_in_place(done: Path, folder: Path, own: Collection[str] = OUTPUT_FILES) -> None:
    """Give a finished folder its name, in place of an older one of the same clip.

    Parameters
    ----------
    done : Path
        The finished folder, on the same disk.
    folder : Path
        Its final name.
    own : collection of str
        What of the older folder is thrown away; all else in it is kept.
    """
    if not folder.exists():
        done.rename(folder)
        return
    # Beside the final folder and not among what is unfinished: a kill here must not cost files.
    old = Path(tempfile.mkdtemp(prefix=".old.", dir=folder.parent))
    old.rmdir()
    folder.rename(old)
    try:
        done.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    for entry in old.iterdir():
        if entry.name not in own:
            entry.rename(folder / entry.name)
    shutil.rmtree(old, ignore_errors=True)  # the results are whole, whatever is left of the old


def output_error(error: OSError, where: Path, fix: str = OTHER_FOLDER) -> OutputError:
    """Say why something cannot be written."""
    reason = error.strerror or str(error)
    return OutputError(f"cannot be written ({reason})", where=str(where), fix=fix)
