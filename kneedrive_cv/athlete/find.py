"""From the survey to the athlete: who he is and where, in every frame."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kneedrive_cv.athlete.choose import Person, choose
from kneedrive_cv.athlete.crop import Crops, steady_crops
from kneedrive_cv.athlete.shots import link_shots
from kneedrive_cv.athlete.survey import Survey
from kneedrive_cv.athlete.unsure import Unsure, find_unsure
from kneedrive_cv.config import AthleteSettings
from kneedrive_cv.errors import AthleteError, ConfigError

FIX_SIDE = "Film one sprinter from the side, in full, large in the picture."
FILLED_SHARE = 0.25
"""Of the picture's height: who fills more of it gains nothing by coming nearer."""
FIX_PICK = "If one of them is meant, name him with --athlete N."


@dataclass(frozen=True)
class AthleteTrack:
    """The athlete of a clip.

    Attributes
    ----------
    crops : Crops
        A square around him for every frame in which he is in the picture.
    number : int
        His place in the ranking of people, from 1.
    people_found : int
        How many people were followed.
    height_px : float
        Height of his body when upright.
    speed_heights_per_s : float
        Greatest speed against the background, in body heights per second of playback.
    people : tuple of str
        Everybody who was followed, in words, in order of their numbers.
    runners : tuple of int
        The numbers of those who move and are large enough to be graded.
    unsure : tuple of Unsure
        Frames in which he may have been lost or taken for another.
    """

    crops: Crops
    number: int
    people_found: int
    height_px: float
    speed_heights_per_s: float
    people: tuple[str, ...] = ()
    runners: tuple[int, ...] = ()
    unsure: tuple[Unsure, ...] = ()


def find_athlete(
    survey: Survey, settings: AthleteSettings, pick: int | None = None
) -> AthleteTrack:
    """The one who sprints, or the one picked, followed through the clip.

    Parameters
    ----------
    survey : Survey
        The first pass over the clip.
    settings : AthleteSettings
    pick : int, optional
        Place in the ranking, from 1; by default the first.

    Raises
    ------
    AthleteError
        Nobody was found, only people who stand still, or he is too small.
    ConfigError
        There is no person of that number.
    """
    people = choose(link_shots(survey, settings), survey)
    if not people:
        raise AthleteError("no person was found in the clip", fix=FIX_SIDE)
    number = 1 if pick is None else pick
    if not 1 <= number <= len(people):
        raise ConfigError(
            f"there is no athlete {number}; found: {_listing(people, survey)}",
            where="--athlete",
            fix="Choose one of these numbers.",
        )
    person = people[number - 1]
    if pick is None and not person.moves:
        raise AthleteError(
            f"nobody runs in the clip, only people who stand still: {_listing(people, survey)}",
            fix=FIX_PICK,
        )
    _check_size(person, survey, settings)
    return AthleteTrack(
        crops=steady_crops(person.track, survey, settings),
        number=number,
        people_found=len(people),
        height_px=person.height_px,
        speed_heights_per_s=person.speed_heights_per_s,
        people=tuple(_describe(each, survey) for each in people),
        runners=tuple(
            n
            for n, each in enumerate(people, 1)
            if each.moves and each.height_px >= settings.min_height_px
        ),
        unsure=tuple(
            find_unsure(person.track, [o.track for o in people if o is not person], survey)
        ),
    )



def _check_size(person: Person, survey: Survey, settings: AthleteSettings) -> None:
    if person.height_px < settings.min_height_px:
        fills = person.height_px >= FILLED_SHARE * survey.height_px
        raise AthleteError(
            f"the athlete is too small: {math.floor(person.height_px)} px tall, "
            f"at least {settings.min_height_px:.0f} are needed",
            fix="Film in a higher resolution, as 1920 by 1080 pixels."
            if fills
            else "Film from nearer, so that the athlete fills a quarter of the picture's height.",
        )


def _listing(people: list[Person], survey: Survey) -> str:
    return ", ".join(f"{n}: {_describe(person, survey)}" for n, person in enumerate(people, 1))


def _describe(person: Person, survey: Survey) -> str:
    row = person.track.row
    span = f"{survey.time_s[row[0]]:.1f} to {survey.time_s[row[-1]]:.1f} s"
    x = float(np.median((person.track.box[:, 0] + person.track.box[:, 2]) / 2))
    place = ("left", "middle", "right")[int(np.clip(3 * x / survey.width_px, 0, 2))]
    return f"{'moving' if person.moves else 'still'}, {place}, {person.height_px:.0f} px, {span}"
