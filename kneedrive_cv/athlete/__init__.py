"""Find the athlete: detect people, follow them, choose the one who sprints, cut him out."""

from kneedrive_cv.athlete.crop import Crops, cut, steady_crops
from kneedrive_cv.athlete.detector import Detector, PersonDetector
from kneedrive_cv.athlete.find import AthleteTrack, find_athlete
from kneedrive_cv.athlete.survey import Survey, survey

__all__ = [
    "AthleteTrack",
    "Crops",
    "Detector",
    "PersonDetector",
    "Survey",
    "cut",
    "find_athlete",
    "steady_crops",
    "survey",
]
