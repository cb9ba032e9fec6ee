"""What C libraries write to the terminal."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import os, sys
from kneedrive_cv.chatter import own_stderr

os.write(2, b"before\\n")
try:
    with own_stderr():
        os.write(2, b"chatter\\n")
        print("said", file=sys.stderr)
        {inside}
except KeyError:
    pass
os.write(2, b"after\\n")
print("last", file=sys.stderr)
"""


@pytest.mark.parametrize("inside", ["pass", "raise KeyError"])
def test_only_what_python_says_reaches_the_terminal_and_all_of_it_afterwards(inside):
    run = [sys.executable, "-c", PROGRAM.format(inside=inside)]
    said = subprocess.run(run, check=True, capture_output=True, text=True).stderr.splitlines()
    assert said == ["before", "said", "after", "last"]


def test_a_stderr_that_a_program_has_put_in_its_place_is_left_alone(capsys):
    from kneedrive_cv.chatter import own_stderr

    with own_stderr():
        sys.stderr.write("said\n")
    assert capsys.readouterr().err == "said\n"


def test_work_goes_on_where_stderr_is_closed_and_no_file_gets_its_number(tmp_path):
    program = (
        "import os; os.close(2)\n"
        "from kneedrive_cv.chatter import own_stderr\n"
        "with own_stderr(), open('made', 'w') as file:\n"
        "    file.write('whole')\n"
        "    os.write(2, b'chatter')\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)
    assert (tmp_path / "made").read_text() == "whole"
