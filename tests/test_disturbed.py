"""Disturbed clips against the untouched ones: what belongs together, and what holds."""

from __future__ import annotations

import numpy as np

from tests.sample_analysis import make_analysis
from validation.disturbed import Disturbance, draw, inside_both, judge, lit, same_strides

AS_IT_IS = Disturbance(1.0, 0.0, False, 1.0, 1.0, 0.0, 0.0, 18)
OTHER = {"left": "right", "right": "left"}


def test_the_same_seed_draws_the_same_disturbances():
    one, other = ([draw(np.random.default_rng(17)) for _ in range(3)] for _ in range(2))
    assert one == other
    assert "crf" in one[0].told()


def test_light_that_is_not_changed_leaves_the_pictures_as_they_are():
    image = np.random.default_rng(0).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    ((time_s, same),) = lit(iter([(0.5, image)]), AS_IT_IS)
    assert time_s == 0.5
    assert np.abs(same.astype(int) - image).max() <= 1


def test_in_a_mirror_the_strides_of_the_other_leg_belong_together():
    strides = make_analysis().result.strides
    turned = [stride.model_copy(update={"side": OTHER[stride.side]}) for stride in strides]
    assert list(same_strides(turned, strides, mirrored=True)) == list(
        zip(turned, strides, strict=True)
    )
    assert list(same_strides(strides, strides, mirrored=True)) == []


def test_a_number_is_inside_while_it_differs_by_less_than_both_intervals():
    one = make_analysis().result.strides[0]
    thigh = one.metrics["thigh_deg"]
    for by, outside in ((1.0, 0), (40.0, 1)):
        ends = {name: getattr(thigh, name) + by for name in ("value", "low", "high")}
        other = one.model_copy(
            update={"metrics": one.metrics | {"thigh_deg": thigh.model_copy(update=ends)}}
        )
        held = list(inside_both(one, other))
        assert len(held) > 5
        assert held.count(False) == outside


def test_a_refusal_for_another_reason_than_size_does_not_hold(capsys):
    counts = np.array([10, 10, 10, 0])
    assert judge(counts, [9, 10], ["the athlete is too small: 80 px"]) == 0
    assert judge(counts, [9, 10], ["nobody was found"]) == 1
    assert judge(np.array([10, 8, 10, 0]), [9, 10], []) == 1
