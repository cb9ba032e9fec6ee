"""The window around the hips, in which the turn of the pelvis may be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.pose.pelvis import (
    PLACES,
    PLACES_STATURE_M,
    WINDOW_PX,
    WINDOW_TRUNKS,
    cut_window,
    window_mapping,
)
from kneedrive_cv.pose.track import PoseTrack
from validation.sprinter.body import Body, Pose
from validation.sprinter.cameras import View
from validation.sprinter.clip import Clip
from validation.sprinter.figure import make_figure
from validation.sprinter.looks import outfit, place
from validation.sprinter.renderer import Moment, rendering

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]

ASTRAY_PX: Final = (1.5, 1.0, 0.7, 0.5)
"""How far the middle of the hips is misread: steadily, once and twice a stride, frame by frame."""

ROOM: Final = 1.42
"""A window is rendered larger than it is, so that it can be turned."""


def cut_windows(images: Sequence[Image], track: PoseTrack, roll_deg: float) -> Image:
    """The windows around the hips of a track, level.

    Parameters
    ----------
    images : sequence of ndarray, shape (height, width, 3)
    track : PoseTrack
        As seen in the pictures, one row a picture.
    roll_deg : float
        How the camera was tilted.

    Returns
    -------
    ndarray of uint8, shape (T, WINDOW_PX, WINDOW_PX, 3)
    """
    hip, shoulder = (
        (track.point(f"left_{part}") + track.point(f"right_{part}")) / 2
        for part in ("hip", "shoulder")
    )
    trunk_px = np.log(np.linalg.norm(shoulder - hip, axis=1))
    # an athlete who comes nearer grows evenly; what else changes is lean and twist
    side_px = WINDOW_TRUNKS * np.exp(
        np.polyval(np.polyfit(track.time_s, trunk_px, 1), track.time_s)
    )
    cuts = [
        cut_window(image, at, float(side), roll_deg)
        for image, at, side in zip(images, hip, side_px, strict=True)
    ]
    return np.array(cuts, dtype=np.uint8)


@dataclass(frozen=True)
class Part(View):
    """A square part of what a camera sees.

    Attributes
    ----------
    centre_px : ndarray, shape (2,)
        Its middle in the whole picture.
    side_px : float
    """

    centre_px: FloatArray
    side_px: float

    def matrix(self) -> FloatArray:
        """World to clip space of OpenGL, shape (4, 4)."""
        size, zoom = np.array(self.size_px), np.eye(4)
        zoom[[0, 1], [0, 1]] = size / self.side_px
        zoom[:2, 3] = (size - 2 * self.centre_px) / self.side_px * (1, -1)
        return np.asarray(zoom @ super().matrix())


def render_windows(clip: Clip, rng: np.random.Generator) -> tuple[Image, FloatArray]:
    """The windows of a clip, drawn without the rest of the picture, as a pose would place them.

    Parameters
    ----------
    clip : Clip
    rng : numpy.random.Generator
        How the hips are misread, and what a phone does to the picture.

    Returns
    -------
    windows : ndarray of uint8, shape (T, WINDOW_PX, WINDOW_PX, 3)
    points : ndarray, shape (T, K, 2)
        Where the points of `kneedrive_cv.pose.pelvis` lie in them.
    """
    asked, times_s = clip.parameters, clip.times_s()
    poses = [clip.gait.pose(t) for t in times_s]
    views = [clip.camera.at(t) for t in times_s]
    hip_px, trunk_px = _hips_and_trunk(clip, poses, views)
    side_px = WINDOW_TRUNKS * trunk_px * float(rng.uniform(0.92, 1.08))
    centre_px = hip_px + astray(len(times_s), rng) * side_px / WINDOW_PX
    roll_deg = asked.camera.roll_deg + float(rng.normal(0, 1))
    size = 2 * int(np.ceil(ROOM * side_px / 2))
    looks = np.random.default_rng(asked.look.seed)
    scene, figure = place(looks), make_figure(clip.gait.body, outfit(asked.body.name, looks))
    blur, quality = float(rng.choice([0.0, 0.0, 0.5, 0.9])), int(rng.integers(25, 90))
    windows, middle = [], np.full(2, size / 2)
    with rendering(
        [figure], scene, (size, size), mirror=-clip.camera.side, grain=asked.video.grain
    ) as renderer:
        for number, (pose, view, at) in enumerate(zip(poses, views, centre_px, strict=True)):
            part = Part(view.eye_m, view.axes, view.focal_px, view.size_px, at, size)
            picture = renderer.picture([Moment(part, [figure.body.skin(pose)])], number)
            worn = _compressed(picture, blur, quality)
            windows.append(cut_window(worn, middle, side_px, roll_deg))
    mappings = [window_mapping(at, side_px, roll_deg) for at in centre_px]
    return np.array(windows, dtype=np.uint8), _points(clip.gait.body, poses, views, mappings)


def _points(
    body: Body, poses: Sequence[Pose], views: Sequence[View], mappings: Sequence[FloatArray]
) -> FloatArray:
    """Points that are fixed to the pelvis in the windows, shape (T, K, 2)."""
    hips = [body.heads_m[f"thigh_{side}"] for side in "lr"]
    rest = np.mean(hips, axis=0) + body.stature_m / PLACES_STATURE_M * PLACES
    rest[-2:] = hips
    found = []
    for pose, view, mapping in zip(poses, views, mappings, strict=True):
        turn, head_m = pose["pelvis"]
        picture_px = view.project((rest - body.heads_m["pelvis"]) @ turn.T + head_m)
        found.append(picture_px @ mapping[:, :2].T + mapping[:, 2])
    return np.array(found)


def _hips_and_trunk(
    clip: Clip, poses: Sequence[Pose], views: Sequence[View]
) -> tuple[FloatArray, float]:
    """Middle of the hips by frame, shape (T, 2), and usual length of the trunk, pixels."""
    points = [clip.gait.body.points(pose) for pose in poses]
    hip, shoulder = (
        np.array(
            [
                view.project((each[f"left_{part}"] + each[f"right_{part}"]) / 2)
                for view, each in zip(views, points, strict=True)
            ]
        )
        for part in ("hip", "shoulder")
    )
    return hip, float(np.median(np.linalg.norm(shoulder - hip, axis=1)))


def astray(frames: int, rng: np.random.Generator) -> FloatArray:
    """How far the hips are misread in the frames of one stride, shape (T, 2), window pixels."""
    steady, once, twice, noise = ASTRAY_PX
    phase = 2 * np.pi * np.arange(frames)[:, None] / frames
    found = rng.normal(0, steady, 2) + rng.normal(0, noise, (frames, 2))
    for times, size in ((1, once), (2, twice)):
        found = found + np.cos(times * phase + rng.uniform(0, 2 * np.pi, 2)) * rng.normal(
            0, size, 2
        )
    return np.asarray(found)


def _compressed(picture_rgb: Image, blur: float, quality: int) -> Image:
    """The picture, BGR, as a phone and an upload leave it."""
    image = np.ascontiguousarray(picture_rgb[..., ::-1])
    if blur:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), blur), dtype=np.uint8)
    packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)
