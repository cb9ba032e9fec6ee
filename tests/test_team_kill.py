"""``kill -9`` of the command or of a worker at any moment loses and halves nothing."""

from __future__ import annotations

import pytest

from validation.team_kill import fake_folder, run_rounds

ROUNDS = 2
"""``python -m validation.team_kill`` does many more."""


@pytest.mark.slow
def test_a_run_that_was_killed_and_taken_up_again_ends_as_one_that_was_not(tmp_path):
    folder = fake_folder(tmp_path / "in", clips=4)
    assert run_rounds(tmp_path, folder, ROUNDS, real=False, seed=7) == 0
