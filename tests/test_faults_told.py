"""How faults are told: the headline, the sentences, and in which order they are shown."""

from __future__ import annotations

from kneedrive_cv.report.stills import fault_key
from kneedrive_cv.report.view import fault_cards
from kneedrive_cv.technique.faults import find_faults
from kneedrive_cv.technique.summary import headline
from tests.squad_maker import result_with
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


def test_a_low_leg_is_told_before_the_difference_that_it_makes() -> None:
    result = result_with({}, {"thigh_deg": 56.0, "hip_flexion_deg": 63.0})
    severities = {fault.code: fault.severity for fault in result.faults}
    assert (severities["asymmetry"], severities["hip_flexion_low"]) == ("severe", "clear")
    cards = fault_cards(result, {i: fault_key(i) for i in range(len(result.faults))})
    assert [card.code for card in cards[:2]] == ["thigh_below_parallel", "hip_flexion_low"]
    assert result.summary.headline.startswith(cards[0].sides[0].sentence)
