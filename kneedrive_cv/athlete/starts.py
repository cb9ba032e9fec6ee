"""Whose the first places of people are, once it is known how each of them runs on.

Of two who come along one behind the other at the same speed, the one behind may be next where the
one ahead was before: from two looks nobody can tell who is who, and from the third on it is too
late. So the first places are given out anew, looking back.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from kneedrive_cv.athlete.linking import (
    MAX_GAP_S,
    SURE_COST,
    WOBBLE_HEIGHTS,
    Chain,
    Trail,
    carried_to,
    centre_of,
    height_of,
    unlike,
)
from kneedrive_cv.athlete.survey import Survey

FloatArray = NDArray[np.float64]

ODD_HEIGHTS = 0.5
"""A first place is doubted that is this far from where the next two put it, in body heights. Out
of the blocks somebody gains half of that from look to look."""

_KEPT_COST = 0.85
"""What a doubted first place costs at most: less than none, so that it is kept unless another's
run fits it."""


def starts_anew(people: list[Trail], survey: Survey, chain: Chain) -> list[Trail]:
    """People with the first places that fit how they run on.

    Parameters
    ----------
    people : list of Trail
        As they were linked forward through time.
    survey : Survey
    chain : Chain

    Returns
    -------
    list of Trail
        In order of their first detections. Who is left without a first place begins a look later.
    """
    begins = {int(survey.row[person.members[0]]) for person in people}
    for before, after in pairwise(np.unique(survey.row).tolist()):
        if before in begins and survey.time_s[after] - survey.time_s[before] <= MAX_GAP_S:
            people = _starts_at(people, before, after, survey, chain)
    return sorted(people, key=lambda person: person.members[0])


def _starts_at(
    people: list[Trail], before: int, after: int, survey: Survey, chain: Chain
) -> list[Trail]:
    """The same for those who are first seen at one look or at the next."""
    first = [p.members[0] for p in people if survey.row[p.members[0]] == before]
    runs: list[tuple[list[int], int | None]] = []  # the places that follow, and the first one
    others: list[Trail] = []
    for person in people:
        own = person.members[0] if person.members[0] in first else None
        rest = person.members if own is None else person.members[1:]
        if len(rest) > 1 and survey.row[rest[0]] == after:
            runs.append((rest, own))
        elif own is None or rest:
            others.append(person)
            first = [k for k in first if k != own]
    off = np.array([[_off(rest, k, survey, chain) for k in first] for rest, _ in runs])
    taken = np.array([[k == own for k in first] for _, own in runs], dtype=bool)
    if not off.size or not (off[taken] > ODD_HEIGHTS).any():
        return people
    cost = np.where(off < WOBBLE_HEIGHTS, off, 10.0)
    cost = np.where(taken, np.minimum(off, _KEPT_COST), cost)
    pairs = dict(zip(*_cheapest(cost), strict=True))
    begun = [
        Trail([first[pairs[i]], *rest] if i in pairs else rest) for i, (rest, _) in enumerate(runs)
    ]
    alone = [Trail([k]) for j, k in enumerate(first) if j not in pairs.values()]
    return others + begun + alone


def _cheapest(cost: FloatArray) -> tuple[list[int], list[int]]:
    """Which run (row) has which first place (column); none where that is cheaper."""
    none = np.full((len(cost), len(cost)), SURE_COST)
    rows, columns = linear_sum_assignment(np.hstack([cost, none]))
    real = columns < cost.shape[1]
    return rows[real].tolist(), columns[real].tolist()


def _off(rest: list[int], k: int, survey: Survey, chain: Chain) -> float:
    """How far a detection is from where the next two put it, in body heights, and unlike him."""
    one, two = rest[:2]
    row, at, then = (int(survey.row[each]) for each in (k, one, two))
    velocity = (
        centre_of(survey.box[two]) - carried_to(survey.box[one], at, then, chain)
    ) / (survey.time_s[then] - survey.time_s[at])
    back_s = float(survey.time_s[at] - survey.time_s[row])
    put = carried_to(survey.box[one], at, row, chain) - velocity * back_s
    away = float(np.linalg.norm(centre_of(survey.box[k]) - put)) / height_of(survey.box[one])
    return away + unlike(k, one, survey)
