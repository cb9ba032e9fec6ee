"""The search for garbage that is spared at the start."""

from __future__ import annotations

import gc
import subprocess
import sys

from kneedrive_cv.lasting import lasting


def test_libraries_are_imported_without_a_search_for_garbage_and_once_only() -> None:
    code = (
        "import gc\n"
        "from kneedrive_cv.lasting import lasting\n"
        "with lasting():\n"
        "    assert not gc.isenabled()\n"
        "assert gc.isenabled() and gc.get_freeze_count()\n"
        "with lasting():\n"
        "    assert gc.isenabled()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_who_has_turned_the_search_for_garbage_off_finds_it_off() -> None:
    gc.disable()
    try:
        with lasting():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
