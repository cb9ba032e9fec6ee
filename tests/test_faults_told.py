"""How faults are told: the headline, the sentences, and in which order they are shown."""

from __future__ import annotations

from kneedrive_cv.technique.faults import find_faults
from kneedrive_cv.technique.summary import headline
from tests.test_technique_checks import checked, strides_of


def test_the_headline_counts_the_other_faults_as_the_page_shows_them() -> None:
    strides = strides_of(left={"hip_flexion_deg": 60.0, "thigh_deg": 55.0})
    faults = find_faults(checked(strides), strides)
    assert len({fault.title for fault in faults}) == 4
    assert headline(checked(strides), faults).endswith("3 other things to change.")


def test_of_a_single_knee_drive_no_average_is_told() -> None:
    both = strides_of({"thigh_deg": 60.0, "foot_ahead_of_knee_shank": -0.95})
    one = [next(stride for stride in both if stride.side == "left")]
    said = [fault.sentence for fault in find_faults(checked(one), one)]
    assert "The left thigh rises to 60 degrees, short of parallel." in said
    assert not any("average" in sentence for sentence in said)
    assert any("average" in fault.sentence for fault in find_faults(checked(both), both))
