"""Read a pose that another program has found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.errors import AthleteError, ConfigError, PoseFileError
from kneedrive_cv.pose.files import deeplabcut, json_files, markers, netcdf, sleap
from kneedrive_cv.pose.files.found import FORMAT_WORDS, FloatArray, Found
from kneedrive_cv.pose.files.names import is_neck, landmark_of
from kneedrive_cv.pose.files.people import join_people, rank_people
from kneedrive_cv.pose.files.sagittal import PX_PER_M, to_sagittal
from kneedrive_cv.pose.landmarks import INDEX, LANDMARKS, N_LANDMARKS, SIDES
from kneedrive_cv.pose.track import PoseTrack

Names = Mapping[str, str | Sequence[str]]
"""Landmark -> the point, or the points whose middle it is, in the file's own names."""

MIN_CONFIDENCE: Final = 0.2
"""A point of less confidence counts as missing."""

ROOM_RIGHT: Final = 1.05
ROOM_BELOW: Final = 1.12
"""Size of the picture of a pose without a clip over what the points take."""

NEEDED: Final = tuple(
    f"{side}_{part}" for part in ("hip", "knee", "ankle", "foot_index") for side in SIDES
)
"""Without these no knee drive can be timed; of the shoulders one or the neck must be there."""


@dataclass(frozen=True)
class GivenPose:
    """A pose that another program has found, by the landmarks of this one.

    Attributes
    ----------
    path : Path
        The file, or the folder.
    source : str
        Program and skeleton, in words.
    frame : ndarray of int, shape (T,)
        0-based frame of the clip, strictly increasing.
    xy_px : ndarray, shape (T, 33, 2)
        x to the right, y down; NaN where missing. Markers in space are seen from the side, 200
        pixels a metre.
    visibility : ndarray, shape (T, 33)
        The program's confidence, 0 to 1; 1 where it says none, 0 where the point is missing.
    time_s : ndarray, shape (T,), or None
        Where the file says the time.
    in_space : bool
        The file holds markers in space.
    people_found : int
        How many people were followed in it.
    number : int
        Which of them this is, from 1.
    """

    path: Path
    source: str
    frame: NDArray[np.int64]
    xy_px: FloatArray
    visibility: FloatArray
    time_s: FloatArray | None = None
    in_space: bool = False
    people_found: int = 1
    number: int = 1
    missing: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if (np.diff(self.frame) <= 0).any():
            raise PoseFileError(
                "has the same frame twice, or frames that go back", where=str(self.path)
            )
        rows, points, _ = np.nonzero(np.isinf(self.xy_px))
        if len(rows):
            name = LANDMARKS[points[0]].replace("_", " ")
            raise PoseFileError(
                f"has the {name} at infinity in frame {self.frame[rows[0]]}",
                where=str(self.path),
                fix="Give NaN where a point is missing.",
            )

    def track(self, *, fps: float | None = None, time_s: FloatArray | None = None) -> PoseTrack:
        """The pose as a track.

        Parameters
        ----------
        fps : float, optional
            Frames a second, where the file says no time.
        time_s : ndarray, shape (T,), optional
            Seconds of each frame, for instance those of the clip; they come first.

        Raises
        ------
        PoseFileError
            The time of the frames is not known.
        """
        times = time_s if time_s is not None else self.time_s
        if times is None and fps is not None:
            times = self.frame / fps
        if times is None:
            raise PoseFileError(
                "does not say how many frames a second it has",
                where=str(self.path),
                fix="Give the clip as well, or the rate of capture (--capture-fps).",
            )
        world_m = np.full((*self.xy_px.shape[:2], 3), np.nan)
        return PoseTrack(
            np.asarray(times, dtype=float), self.frame, self.xy_px, world_m, self.visibility
        )

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of a picture that holds all points, with room below for a caption."""
        most = np.nanmax(self.xy_px, axis=(0, 1), initial=1.0)
        return int(most[0] * ROOM_RIGHT) + 2, int(most[1] * ROOM_BELOW) + 2


@dataclass(frozen=True)
class Reader:
    """A kind of pose file: how it is told, and who reads it."""

    fits: Callable[[Path], bool]
    read: Callable[[Path], Found]


def _ends(*endings: str) -> Callable[[Path], bool]:
    return lambda path: path.suffix.lower() in endings


_H5: Final = (".h5", ".hdf5")

READERS: Final[tuple[Reader, ...]] = (
    Reader(Path.is_dir, json_files.read_folder),
    Reader(_ends(".json"), json_files.read_file),
    Reader(_ends(".csv"), deeplabcut.read_csv),
    Reader(lambda p: p.suffix.lower() in _H5 and sleap.is_sleap(p), sleap.read_h5),
    Reader(_ends(*_H5), deeplabcut.read_h5),
    Reader(_ends(".trc"), markers.read_trc),
    Reader(_ends(".c3d"), markers.read_c3d),
    Reader(_ends(".nc", ".nc4", ".netcdf"), netcdf.read_netcdf),
)
"""The first that fits reads. A new one is a module in this folder and a line here."""


def read_pose(
    path: str | Path,
    *,
    names: Names | None = None,
    person: int | None = None,
    min_confidence: float = MIN_CONFIDENCE,
) -> GivenPose:
    """Read the pose file of another program.

    OpenPose JSON (BODY_25), Halpe-26 and COCO-WholeBody JSON as RTMLib's tools and MMPose write
    them, DeepLabCut CSV and H5, SLEAP analysis H5, TRC, C3D, and netCDF of movement. Which one it
    is, is told from the file.

    Parameters
    ----------
    path : str or Path
        The file; for OpenPose the folder of the files.
    names : mapping, optional
        Landmark -> the file's name of it, or names whose middle it is, for points that are not
        told from their names: ``{"left_hip": ["LASI", "LPSI"]}``.
    person : int, optional
        Which person, from 1; by default the one whose ankles pass each other most.
    min_confidence : float
        A point of less confidence counts as missing.

    Returns
    -------
    GivenPose

    Raises
    ------
    PoseFileError
        It cannot be read, or lacks what a knee drive is measured by.
    AthleteError
        There is no such person.
    ConfigError
        A library that it takes is not installed.
    """
    path = Path(path)
    if not path.exists():
        raise PoseFileError("no such file", where=str(path), fix="Check the path of --pose.")
    reader = next((each for each in READERS if each.fits(path)), None)
    if reader is None:
        raise PoseFileError(
            "is no pose file that is known", where=str(path), fix=f"Known are {FORMAT_WORDS}."
        )
    found = reader.read(path)
    places = _places(path, found.names, names or {})
    points, confidence, people, number = _one_person(path, found, places, person)
    low = confidence < min_confidence
    points = np.where(low[..., None], np.nan, points)
    landmarks, visibility = _to_landmarks(points, confidence, places)
    landmarks = _with_shoulders(landmarks, points, found.names)
    xy_px = to_sagittal(landmarks, PX_PER_M if found.unit == "m" else 1.0)
    visibility = np.where(np.isfinite(xy_px[..., 0]), visibility, 0.0)
    order = np.argsort(found.frame, kind="stable")
    _require(path, xy_px)
    return GivenPose(
        path=path,
        source=found.source,
        frame=found.frame[order],
        xy_px=xy_px[order],
        visibility=visibility[order],
        time_s=None if found.time_s is None else found.time_s[order],
        in_space=found.unit == "m",
        people_found=people,
        number=number,
        missing=tuple(n for n in LANDMARKS if np.isnan(xy_px[:, INDEX[n]]).all()),
    )


def as_given(pose: object, person: int | None = None) -> GivenPose:
    """A pose that was read, a track of one's own, or a file that is still to be read.

    Parameters
    ----------
    pose : GivenPose, PoseTrack, str or Path
    person : int, optional
        As for `read_pose`.

    Raises
    ------
    ConfigError
        It is none of these.
    PoseFileError
        The file cannot be read, or the track has frames that go back or points at infinity.
    """
    if isinstance(pose, GivenPose):
        return pose
    if isinstance(pose, PoseTrack):
        return GivenPose(
            Path("pose"), "a track", pose.frame, pose.xy_px, pose.visibility, pose.time_s
        )
    if isinstance(pose, str | Path):
        return read_pose(pose, person=person)
    given = type(pose).__name__  # an array by itself would fill the screen
    raise ConfigError(f"{given} is no pose", where="pose", fix="Give a pose file or a PoseTrack.")


def _places(path: Path, theirs: Sequence[str], names: Names) -> dict[str, list[int]]:
    """For each landmark that is there, the points whose middle it is."""
    places: dict[str, list[int]] = {}
    for i, name in enumerate(theirs):
        landmark = landmark_of(name)
        if landmark is not None:
            places.setdefault(landmark, [i])
    for landmark, own in names.items():
        if landmark not in INDEX:
            raise PoseFileError(f"there is no landmark {landmark!r}", where="names")
        wanted = [own] if isinstance(own, str) else list(own)
        unknown = [name for name in wanted if name not in theirs]
        if unknown:
            raise PoseFileError(f"has no point {unknown[0]!r}", where=str(path))
        places[landmark] = [list(theirs).index(name) for name in wanted]
    missing = [name for name in NEEDED if name not in places]
    if missing:
        raise PoseFileError(
            f"has no {', '.join(name.replace('_', ' ') for name in missing)}",
            where=str(path),
            fix="Hips, knees, ankles and toes are needed; kd.read_pose(names=...) names them.",
        )
    return places


def _one_person(
    path: Path, found: Found, places: Mapping[str, list[int]], person: int | None
) -> tuple[FloatArray, FloatArray, int, int]:
    """Points (T, K, D) and confidence (T, K) of one person, how many there are, and his number."""
    points, confidence = found.points, found.confidence
    if not found.joined and points.shape[1] > 1:
        index = join_people(points[..., :2])
        rows = np.arange(len(points))[:, None]
        gone = index < 0
        points = np.where(gone[..., None, None], np.nan, points[rows, index])
        confidence = np.where(gone[..., None], np.nan, confidence[rows, index])
    ankles = places["left_ankle"][0], places["right_ankle"][0]
    ranked = rank_people(points, ankles) if points.shape[1] > 1 else [0]
    number = 1 if person is None else person
    if not 1 <= number <= len(ranked):
        raise AthleteError(
            f"there is no person {number}", where=str(path), fix=f"It shows {len(ranked)}."
        )
    chosen = ranked[number - 1]
    return points[:, chosen], confidence[:, chosen], len(ranked), number


def _to_landmarks(
    points: FloatArray, confidence: FloatArray, places: Mapping[str, list[int]]
) -> tuple[FloatArray, FloatArray]:
    """Points (T, 33, D) and visibility (T, 33)."""
    out = np.full((len(points), N_LANDMARKS, points.shape[-1]), np.nan)
    visibility = np.zeros((len(points), N_LANDMARKS))
    for landmark, own in places.items():
        out[:, INDEX[landmark]] = points[:, own].mean(axis=1)
        sure = np.nan_to_num(confidence[:, own], nan=1.0).min(axis=1)
        visibility[:, INDEX[landmark]] = np.clip(sure, 0.0, 1.0)
    return out, visibility


def _with_shoulders(landmarks: FloatArray, points: FloatArray, names: Sequence[str]) -> FloatArray:
    """The landmarks with both shoulders at the neck where they are missing."""
    neck = next((i for i, name in enumerate(names) if is_neck(name)), None)
    both = [INDEX["left_shoulder"], INDEX["right_shoulder"]]
    if neck is None or np.isfinite(landmarks[:, both]).any():
        return landmarks
    out = landmarks.copy()
    out[:, both] = points[:, neck, None]
    return out


def _require(path: Path, xy_px: FloatArray) -> None:
    shoulders = xy_px[:, [INDEX["left_shoulder"], INDEX["right_shoulder"]]]
    if np.isnan(shoulders).all():
        raise PoseFileError(
            "has neither shoulders nor a neck",
            where=str(path),
            fix="The trunk is needed for the angle of the hip; kd.read_pose(names=...) names them.",
        )
    empty = [n for n in NEEDED if np.isnan(xy_px[:, INDEX[n]]).all()]
    if empty:
        raise PoseFileError(f"never shows the {empty[0].replace('_', ' ')}", where=str(path))
