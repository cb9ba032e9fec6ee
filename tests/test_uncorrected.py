"""Knee drives in which the body is unlike any that the correction was learned on."""

from __future__ import annotations

import pytest

from kneedrive_cv.result import METRICS, Value
from kneedrive_cv.technique.uncertainty import SAGITTAL
from kneedrive_cv.technique.values import STEEP, not_measurable, uncorrected

VALUES = {
    metric: Value(value=10.0, low=8.0, high=13.0, valid_fraction=1.0, status="measured")
    for metric in METRICS
}


@pytest.mark.parametrize("share", [1.0, float("nan")])
def test_a_drive_that_was_corrected_or_not_seen_keeps_its_values(share):
    assert uncorrected(VALUES, share) == VALUES


def test_a_drive_half_corrected_has_intervals_half_as_wide_again_and_is_still_measured():
    thigh = uncorrected(VALUES, 0.5)["thigh_deg"]
    assert (thigh.value, thigh.low, thigh.high) == (10.0, 7.0, 14.5)
    assert thigh.status == "measured"


def test_angles_of_a_drive_that_was_not_corrected_are_of_low_confidence_and_say_why():
    found = uncorrected(VALUES, 0.0)
    for metric in SAGITTAL:
        assert (found[metric].low, found[metric].high) == (6.0, 16.0)
        assert (found[metric].status, found[metric].reason) == ("low_confidence", STEEP)


def test_times_do_not_depend_on_the_correction_of_angles():
    found = uncorrected(VALUES, 0.0)
    for metric in ("contact_time_s", "flight_time_s", "knee_drive_delay_s"):
        assert found[metric] == VALUES[metric]


def test_what_cannot_be_measured_stays_so():
    missing = VALUES | {"thigh_deg": not_measurable("hidden")}
    assert uncorrected(missing, 0.0)["thigh_deg"] == missing["thigh_deg"]
