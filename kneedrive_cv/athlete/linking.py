"""Link the sure detections of people through time, by where each is expected next."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from kneedrive_cv.athlete.motion import apply
from kneedrive_cv.athlete.survey import Survey

FloatArray = NDArray[np.float64]

NEVER = 1e6
SURE_COST = 0.9
LEFT_OVER_COST = 1.6
KNOWN_AFTER = 3  # looks
"""What a person costs who is not found again. Somebody who runs on costs half of it or less."""

# How far from where he is expected somebody may be found, in body heights: a constant for the
# detector's own wobble, and a part that grows with the time since he was last seen.
WOBBLE_HEIGHTS = 0.6
REACH_KNOWN_HEIGHTS_PER_S = 3.0
REACH_NEW_HEIGHTS_PER_S = 8.0
MAX_REACH_HEIGHTS = 2.5
# Out of the blocks a body grows; what is much smaller than before is a part of it.
MAX_SIZE_RATIO = 2.2
MAX_SHRINKING = 1.6
USUAL_OF = 5
MAX_GROWTH_PER_S = 1.5  # of the logarithm of the height: who runs past at three metres
LOOK_SCALE = 60.0  # colour difference that weighs as much as one body height
MAX_GAP_S = 1.5
VELOCITY_MEMORY = 0.5


class Chain:
    """Where a point of the background goes between any two frames."""

    def __init__(self, motion: FloatArray) -> None:
        self._total = np.empty((len(motion), 3, 3))
        total = np.eye(3)
        for row, step in enumerate(motion):
            if row:
                total = np.vstack([step, [0.0, 0.0, 1.0]]) @ total
            self._total[row] = total

    def between(self, start: int, stop: int) -> FloatArray:
        """Similarity (2, 3) from frame row ``start`` to frame row ``stop``."""
        both = self._total[stop] @ np.linalg.inv(self._total[start])
        result: FloatArray = both[:2]
        return result

    def along(self, rows: NDArray[np.int64]) -> FloatArray:
        """Similarities (T, 2, 3) into each of some frame rows from the one before it."""
        return np.array([self.between(int(a), int(b)) for a, b in pairwise([rows[0], *rows])])


@dataclass
class Trail:
    """A track in the making: indices of its detections, in order of time, and its speed."""

    members: list[int] = field(default_factory=list)
    velocity_px_s: FloatArray | None = None


def link_sure(survey: Survey, chain: Chain, min_score: float) -> list[Trail]:
    """People of the sure detections, linked forward through time; some of a single detection."""
    people: list[Trail] = []
    for row in np.unique(survey.row):
        found = np.flatnonzero((survey.row == row) & (survey.score >= min_score))
        active = [p for p in people if _gap_s(p, int(row), survey) <= MAX_GAP_S]
        cost = np.array([[_cost(p, int(k), survey, chain) for k in found] for p in active])
        known = [len(person.members) >= KNOWN_AFTER for person in active]
        pairs = _pairs(cost, known) if cost.size else {}
        for i, j in pairs.items():
            _append(active[i], int(found[j]), survey, chain)
        taken = set(pairs.values())
        people += [Trail([int(k)]) for j, k in enumerate(found) if j not in taken]
    return people


def _pairs(cost: FloatArray, known: list[bool]) -> dict[int, int]:
    """Which person (row) is which detection (column), by the least cost of all together.

    First with those who are sure to be there again: somebody hidden behind another must not be
    given what is left, for then the others get each other's. Nor does somebody whose way is known
    become somebody quite unlike him.
    """
    unseen = np.full((len(cost), len(cost)), SURE_COST)
    sure = linear_sum_assignment(np.hstack([cost, unseen]))
    pairs = {int(i): int(j) for i, j in zip(*sure, strict=True) if j < cost.shape[1]}
    people = [i for i in range(len(cost)) if i not in pairs]
    found = [j for j in range(cost.shape[1]) if j not in pairs.values()]
    rest = cost[np.ix_(people, found)]
    for i, j in zip(*linear_sum_assignment(rest), strict=True):
        if rest[i, j] < (LEFT_OVER_COST if known[people[int(i)]] else NEVER):
            pairs[people[int(i)]] = found[int(j)]
    return pairs


def _gap_s(person: Trail, row: int, survey: Survey) -> float:
    return float(survey.time_s[row] - survey.time_s[survey.row[person.members[-1]]])


def _cost(person: Trail, k: int, survey: Survey, chain: Chain) -> float:
    """Distance from where he is expected, in body heights, with size and colours."""
    last = person.members[-1]
    dt_s = _gap_s(person, int(survey.row[k]), survey)
    expected = _expected(person, last, int(survey.row[k]), survey, chain)
    off = centre_of(survey.box[k]) - expected
    usual = float(np.median([height_of(survey.box[m]) for m in person.members[-USUAL_OF:]]))
    height = max(usual, height_of(survey.box[k]))
    known = person.velocity_px_s is not None
    if not known:  # he stands on the ground, or a camera that pans goes with him
        off = min(off, centre_of(survey.box[k]) - centre_of(survey.box[last]), key=np.linalg.norm)
    distance = float(np.linalg.norm(off)) / height
    reach = REACH_KNOWN_HEIGHTS_PER_S if known else REACH_NEW_HEIGHTS_PER_S
    size = float(np.log(height_of(survey.box[k]) / usual))
    size = min(size, size - _grown(person, usual, dt_s, survey), key=abs)
    if distance > min(WOBBLE_HEIGHTS + reach * dt_s, MAX_REACH_HEIGHTS):
        return NEVER
    if not -np.log(MAX_SHRINKING) < size < np.log(MAX_SIZE_RATIO):
        return NEVER
    return distance + abs(size) + unlike(last, k, survey)


def _grown(person: Trail, usual: float, dt_s: float, survey: Survey) -> float:
    """How much taller than usual he would be if he goes on growing, or shrinking, as a logarithm.

    Who runs towards the camera, or away from it, does.
    """
    if len(person.members) < 2:
        return 0.0
    before, last = person.members[-2:]
    passed_s = float(survey.time_s[survey.row[last]] - survey.time_s[survey.row[before]])
    now = np.log(height_of(survey.box[last]))
    rate = (now - np.log(height_of(survey.box[before]))) / passed_s
    slowed = float(np.clip(rate, -MAX_GROWTH_PER_S, MAX_GROWTH_PER_S))
    return float(now - np.log(usual)) + slowed * dt_s


def unlike(one: int, other: int, survey: Survey) -> float:
    """How much the colours of two detections differ, as body heights of distance."""
    return float(np.abs(survey.look[one] - survey.look[other]).mean()) / LOOK_SCALE


def carried_to(box: FloatArray, start: int, row: int, chain: Chain) -> FloatArray:
    """Where the middle of a box would be in another frame, if it stood on the ground."""
    return apply(chain.between(start, row), centre_of(box))


def _expected(person: Trail, last: int, row: int, survey: Survey, chain: Chain) -> FloatArray:
    start = int(survey.row[last])
    carried = carried_to(survey.box[last], start, row, chain)
    if person.velocity_px_s is None:
        return carried
    return carried + person.velocity_px_s * float(survey.time_s[row] - survey.time_s[start])


def _append(person: Trail, k: int, survey: Survey, chain: Chain) -> None:
    last, row = person.members[-1], int(survey.row[k])
    dt_s = survey.time_s[row] - survey.time_s[survey.row[last]]
    carried = carried_to(survey.box[last], int(survey.row[last]), row, chain)
    velocity = (centre_of(survey.box[k]) - carried) / dt_s
    if person.velocity_px_s is None:
        person.velocity_px_s = velocity
    else:
        # Two looks close together (where somebody enters) say little about the velocity.
        weight = VELOCITY_MEMORY * min(1.0, float(dt_s) / 0.2)
        person.velocity_px_s = (1 - weight) * person.velocity_px_s + weight * velocity
    person.members.append(k)


def centre_of(box: FloatArray) -> FloatArray:
    """Middle of a box, shape (2,)."""
    result: FloatArray = (box[:2] + box[2:]) / 2
    return result


def height_of(box: FloatArray) -> float:
    """Height of a box, a pixel at least."""
    return max(float(box[3] - box[1]), 1.0)
