"""Names are drawn properly or replaced legibly, whatever fonts the machine has."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kneedrive_cv.report import lettering
from kneedrive_cv.report.lettering import BOX, FONT, drawable, families, from_left, text_mask
from kneedrive_cv.report.sheet import Sheet
from kneedrive_cv.report.summary_card import draw_summary
from tests.sample_analysis import make_analysis

ARABIC = "\u0645\u062d\u0645\u062f"
HEBREW = "\u05d3\u05d5\u05d3"
CHINESE = "\u674e\u5c0f"


@pytest.fixture
def bare_machine(monkeypatch):
    """A machine that has no fonts but those that come with matplotlib."""
    monkeypatch.setattr(lettering, "_machines_fonts", list)
    lettering._fallback.cache_clear()
    yield
    lettering._fallback.cache_clear()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('Zo\u00eb "Quick" <b>Lee</b> $x^{$', 'Zo\u00eb "Quick" <b>Lee</b> $x^{$'),
        (
            "Ann \N{RUNNER}\u200d\N{FEMALE SIGN}\ufe0f\N{DASH SYMBOL}Lee",
            "Ann (runner, dash symbol) Lee",
        ),
        ("\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}", "(thumbs up sign)"),
        ("\U0001f1e9\U0001f1ea Bo", "(DE) Bo"),
        (ARABIC, ARABIC),
        (HEBREW, HEBREW),
        ("exe.\u202egnp\x07", "exe.gnp"),
        ("Jose\u0301", "Jos\u00e9"),
        ("two\n lines", "two lines"),
        (CHINESE, BOX * 2),
    ],
)
@pytest.mark.usefixtures("bare_machine")
def test_each_kind_of_name_is_drawn_or_told_in_words(name, shown):
    assert drawable(name) == shown
    assert families(shown) == [FONT]


def test_a_name_that_begins_from_the_right_does_not_turn_the_line():
    assert from_left(f"{HEBREW}.mp4, side view") == f"\N{LEFT-TO-RIGHT MARK}{HEBREW}.mp4, side view"
    assert from_left(HEBREW) == HEBREW
    assert from_left("plain") == "plain"


def test_letters_of_arabic_are_joined_and_a_line_is_as_wide_as_drawn():
    joined, _ = text_mask(ARABIC, 60)
    apart, _ = text_mask("\u200c".join(ARABIC), 60)
    assert joined.max() == 255
    assert joined.shape[1] < apart.shape[1]


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_drawn_without_a_warning_or_an_error(text):
    once = drawable(text)
    assert drawable(once) == once
    sheet = Sheet()
    sheet.text(10, 10, text, 12, width=60, bold=True)
    sheet.figure.draw_without_rendering()


@pytest.mark.parametrize(
    "name", [ARABIC, CHINESE, "Ng\u00f4 Th\u1ecb " + "\u1ea1" * 60, "Ann", "\u202e"]
)
def test_the_summary_holds_the_name_within_its_room(name):
    card = draw_summary(make_analysis().labelled(name=name), {}, {})
    bare = draw_summary(make_analysis(clip_name=" ").labelled(name=" "), {}, {})
    changed = np.nonzero((card != bare).any(axis=(0, 2)))[0]
    assert changed.size == 0 or (changed.min() >= 56 and changed.max() < 1080 - 56 - 210)
