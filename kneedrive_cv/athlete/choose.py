"""Choose the athlete among the people: the one who sprints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete.linking import Chain
from kneedrive_cv.athlete.motion import CHANGE_STEP, apply
from kneedrive_cv.athlete.survey import Survey
from kneedrive_cv.athlete.track import Track

FloatArray = NDArray[np.float64]

SPEED_WINDOW_S = 1.0
ENOUGH_S = 5.0
"""Longer in the picture counts no more: a sprint is short, who walks about is there for long."""

MIN_TRAVEL_HEIGHTS = 0.8
MIN_LIMB_CHANGE = 4.0  # grey levels; somebody who stands and sways stays under it
LIMB_WEIGHT = 0.1
GROWS_BY = 1.25  # less may be a body that rises and falls, or a box that wavers
STEADILY = 0.85  # correlation of time and size; a box that wavers or is hidden has less
MIN_WHOLE_BOXES = 6
MIN_WHOLE_SHARE = 0.5  # of a track, clear of the picture's border
BORDER_SHARE = 0.01
SHORTEST_FOCAL = 0.7  # of the picture's longer side: a phone's main lens has 0.7 to 0.75
ALIKE_SHARE = 0.8
"""Of people who score this share of the best, and stay as long, the largest is meant: two who run
side by side differ by less than that in how fast they seem and how sure the detector is."""

FOLLOWED_SHARE = 0.5
"""A camera that follows somebody lets him move this share at most of his way in the picture."""
FOLLOWED_ALIKE_SHARE = 0.6
CENTRAL_WIDTHS = 0.15
"""Where the camera follows, he is meant who stays in the middle of the picture: so far beside it,
in widths of the picture, somebody counts as half as tall."""

PART_TIME_SHARE = 0.7
PART_AREA_SHARE = 0.5


@dataclass(frozen=True)
class Person:
    """One person of a clip and what speaks for being the athlete.

    Attributes
    ----------
    track : Track
    height_px : float
        Height of the body when upright.
    speed_heights_per_s : float
        Greatest speed against the background over a second, in body heights.
    travel_heights : float
        Greatest distance against the background, in body heights.
    limb_change : float
        Change inside the box beyond the rest of the picture's, in grey levels.
    time_s : float
        How long he is in the picture.
    score : float
        The ranking: more is better, 0 for somebody who does not move.
    """

    track: Track
    height_px: float
    speed_heights_per_s: float
    travel_heights: float
    limb_change: float
    time_s: float
    score: float

    @property
    def moves(self) -> bool:
        """Whether he goes somewhere, or his limbs swing on the spot as on a treadmill."""
        return self.score > 0


def choose(tracks: list[Track], survey: Survey) -> list[Person]:
    """Rank people by how much they look like the one who sprints, best first.

    Speed against the background counts most (or limbs that swing, for a treadmill), then how
    sure the detector is, how long somebody is in the picture and how large he is. Of those who
    score alike the largest comes first, and where the camera follows one of them, whom it keeps
    in the middle. Somebody still has score 0.
    """
    chain = Chain(survey.background_motion)
    people = [_person(track, survey, chain) for track in tracks]
    people.sort(key=lambda p: (-p.score, -p.time_s, int(p.track.row[0])))
    people = _meant_first(people, survey)
    distinct: list[Person] = []
    for person in people:
        if not any(_is_part(person.track, better.track) for better in distinct):
            distinct.append(person)
    return distinct


def _meant_first(people: list[Person], survey: Survey) -> list[Person]:
    """The ranking, with who is meant before the others: the largest of those who score alike.

    Of those whom a camera follows it is the largest that stays in the middle.
    """
    if not people or not people[0].moves:
        return people
    followed = _is_followed(people[0])
    share = FOLLOWED_ALIKE_SHARE if followed else ALIKE_SHARE
    least, least_s = share * people[0].score, ALIKE_SHARE * people[0].time_s
    alike = [p for p in people if p.score >= least and p.time_s >= least_s]
    beside = [_beside_middle_widths(p.track, survey) if followed else 0.0 for p in alike]
    counts_px = [
        person.height_px / (1.0 + (widths / CENTRAL_WIDTHS) ** 2)
        for person, widths in zip(alike, beside, strict=True)
    ]
    meant = alike[int(np.argmax(counts_px))]
    return [meant, *(person for person in people if person is not meant)]


def _is_followed(person: Person) -> bool:
    """Whether the camera goes with him: he goes far over the background, not in the picture."""
    centre = (person.track.box[:, :2] + person.track.box[:, 2:]) / 2
    moved = float(np.hypot(*(centre - centre[0]).T).max()) / person.height_px
    far = person.travel_heights >= MIN_TRAVEL_HEIGHTS
    return far and moved <= FOLLOWED_SHARE * person.travel_heights


def _beside_middle_widths(track: Track, survey: Survey) -> float:
    """How far beside the middle of the picture somebody is, root mean square."""
    middle = (track.box[:, 0] + track.box[:, 2]) / 2
    return float(np.sqrt(np.mean((middle / survey.width_px - 0.5) ** 2)))


def _is_part(track: Track, other: Track) -> bool:
    """Whether a track shows a part of somebody else, as the trunk without the legs."""
    _, own, others = np.intersect1d(track.row, other.row, return_indices=True)
    if len(own) < PART_TIME_SHARE * len(track):
        return False
    a, b = track.box[own], other.box[others]
    common = np.clip(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0, None)
    smaller = np.minimum(np.prod(a[:, 2:] - a[:, :2], 1), np.prod(b[:, 2:] - b[:, :2], 1))
    return bool(np.median(np.prod(common, axis=1) / smaller) > PART_AREA_SHARE)


def _person(track: Track, survey: Survey, chain: Chain) -> Person:
    height_px = upright_height_px(track.box)
    places = _places(track, chain) / height_px
    time_s = survey.time_s[track.row]
    speed = _top_speed(places, time_s)
    travel = float(np.hypot(*(places - places[0]).T).max())
    changes = _limb_changes(track, survey)
    limb = float(np.median(changes))
    stays_s = float(time_s[-1] - time_s[0])
    nearer = _way_nearer(track, survey)
    if nearer > travel:
        travel, speed = nearer, max(speed, nearer / max(stays_s, SPEED_WINDOW_S))
    # who goes against the background changes the picture: what only seems to, as faces of a
    # grandstand that are taken one for the other, is a part of the background
    goes = travel >= MIN_TRAVEL_HEIGHTS and _liveliest(changes, stays_s) >= MIN_LIMB_CHANGE
    # a camera that moves along, or plays slower, shows little speed of him whose limbs swing
    pace = max(speed if goes else 0.0, _pace_on_the_spot(limb))
    clip_s = max(float(survey.time_s[-1] - survey.time_s[0]), 1e-6)
    share = min(stays_s, ENOUGH_S) / min(clip_s, ENOUGH_S)
    size = height_px / survey.height_px
    # a detector that is never sure sees faces in a grandstand
    score = pace * np.sqrt(share * size) * float(np.mean(track.confidence))
    return Person(track, height_px, speed, travel, limb, stays_s, float(score))


def _way_nearer(track: Track, survey: Survey) -> float:
    """Way towards the camera or away from it, in body heights, by how much he grows or shrinks.

    The distance of the camera is the lens's focal length over his height in the picture; no
    phone's lens is shorter than what is taken here, so the true way is this long or longer.
    """
    whole = ~_touches_border(track.box, survey)
    height = (track.box[:, 3] - track.box[:, 1])[whole]
    time_s = survey.time_s[track.row][whole]
    if len(height) < max(MIN_WHOLE_BOXES, MIN_WHOLE_SHARE * len(whole)):
        return 0.0
    if np.ptp(height) == 0 or abs(np.corrcoef(time_s, np.log(height))[0, 1]) < STEADILY:
        return 0.0
    ends = max(1, len(height) // 5)
    first, last = (float(np.median(part)) for part in (height[:ends], height[-ends:]))
    if max(first, last) < GROWS_BY * min(first, last):
        return 0.0
    focal_px = SHORTEST_FOCAL * max(survey.width_px, survey.height_px)
    return float(focal_px * abs(1.0 / first - 1.0 / last))


def _touches_border(box: FloatArray, survey: Survey) -> NDArray[np.bool_]:
    """Boxes that the picture's border may cut: they change without anybody coming nearer."""
    margin = BORDER_SHARE * np.array([survey.width_px, survey.height_px])
    size = np.array([survey.width_px, survey.height_px])
    inside = (box[:, :2] > margin) & (box[:, 2:] < size - margin)
    return np.asarray(~inside.all(axis=1))


def _pace_on_the_spot(limb_change: float) -> float:
    """What swinging limbs count for when somebody goes nowhere, as on a treadmill."""
    return LIMB_WEIGHT * limb_change if limb_change >= MIN_LIMB_CHANGE else 0.0


def upright_height_px(box: FloatArray) -> float:
    """Height of the body when upright: what the taller boxes of the track agree on."""
    return float(np.percentile(box[:, 3] - box[:, 1], 80))


def _places(track: Track, chain: Chain) -> FloatArray:
    """Centres carried into the picture of the track's first frame, (n, 2)."""
    centre = (track.box[:, :2] + track.box[:, 2:]) / 2
    first = int(track.row[0])
    back = [chain.between(int(row), first) for row in track.row]
    return np.array([apply(motion, point) for motion, point in zip(back, centre, strict=True)])


def _top_speed(places: FloatArray, time_s: FloatArray) -> float:
    """Greatest displacement over a second, or over the whole track if that is shorter."""
    window_s = min(SPEED_WINDOW_S, float(time_s[-1] - time_s[0]))
    if window_s <= 0:
        return 0.0
    later = np.clip(np.searchsorted(time_s, time_s + window_s - 1e-6), 0, len(time_s) - 1)
    whole = time_s + window_s <= time_s[-1] + 1e-6
    distance = np.hypot(*(places[later] - places).T)
    return float(distance[whole].max() / window_s)


def _liveliest(changes: FloatArray, stays_s: float) -> float:
    """The most that changes over a second: he may stand for most of a clip."""
    seconds = np.array_split(changes, max(1, round(stays_s / SPEED_WINDOW_S)))
    return max(float(np.median(part)) for part in seconds if len(part))


def _limb_changes(track: Track, survey: Survey) -> FloatArray:
    """Upper quartile of change in the box, less the picture's median, frame by frame."""
    cell_px = survey.width_px / survey.change.shape[2]
    values = []
    for row, box in zip(track.row, track.box, strict=True):
        grid = survey.change[row]
        x0, y0, x1, y1 = np.round(box / cell_px).astype(int)
        patch = grid[max(y0, 0) : max(y1, y0 + 1), max(x0, 0) : max(x1, x0 + 1)]
        if patch.size and not survey.repeated[row]:
            values.append(float(np.percentile(patch, 75)) - float(np.median(grid)))
    return np.array(values or [0.0]) * CHANGE_STEP
