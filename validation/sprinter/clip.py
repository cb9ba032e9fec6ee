"""From parameters to a clip and the truth beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from validation.sprinter.body import Body, load_body
from validation.sprinter.cameras import Camera, View
from validation.sprinter.figure import make_figure
from validation.sprinter.gait import SIDES, Gait, build_gait
from validation.sprinter.looks import another_body, outfit, place
from validation.sprinter.parameters import ClipParameters, Technique
from validation.sprinter.renderer import Moment, Picture, rendering
from validation.sprinter.truth import angles, events, knee_drives

FloatArray = NDArray[np.float64]

SCHEMA_VERSION = 1
LANE_M = 1.22
POST_BEFORE_M = 1.3
"""How far in front of the athlete the post stands, towards the camera."""


@dataclass(frozen=True)
class Runner:
    """Someone in the picture besides the athlete, who runs or stands."""

    body: Body
    gait: Gait | None
    at_m: FloatArray
    late_s: float
    look: str

    def vertices_m(self, body: Body, time_s: float) -> FloatArray:
        """The skin, shape (V, 3), of this runner's body (with its hair) at a time."""
        if self.gait is None:
            return body.vertices_m + self.at_m
        return body.skin(self.gait.pose(time_s - self.late_s)) + self.at_m


@dataclass(frozen=True)
class Clip:
    """A clip before it is drawn: all that is true of it follows from the parameters.

    Attributes
    ----------
    parameters : ClipParameters
        What was asked.
    gait : Gait
        The athlete.
    camera : Camera
        What films.
    """

    parameters: ClipParameters
    gait: Gait
    camera: Camera

    @property
    def start_s(self) -> float:
        """The athlete's time at the first frame."""
        return self.parameters.video.start_phase * self.gait.pelvis.stride_s

    @property
    def n_frames(self) -> int:
        """Frames in the clip."""
        video = self.parameters.video
        return max(1, round(video.duration_s * video.fps_hz))

    def times_s(self) -> FloatArray:
        """The athlete's time at each frame, shape (T,); the first frame is the clip's 0."""
        frames = np.arange(self.n_frames) / self.parameters.video.fps_hz
        return np.asarray(self.start_s + frames)

    def truth(self) -> dict[str, Any]:
        """What is true of the clip, as plain values; see README.md for the fields."""
        times, fps = self.times_s(), self.parameters.video.fps_hz
        end_s = self.start_s + self.n_frames / fps
        poses = [self.gait.pose(t) for t in times]
        views = [self.camera.at(t) for t in times]
        points = [self.gait.body.points(pose) for pose in poses]
        found = [angles(each) for each in points]
        seen = [
            {name: view.project(at) for name, at in each.items()}
            for view, each in zip(views, points, strict=True)
        ]
        skins = (self.gait.body.skin(pose) for pose in poses)
        boxes = [_box(view, skin) for view, skin in zip(views, skins, strict=True)]
        stepped = events(self.gait, self.start_s - self.gait.pelvis.stride_s, end_s)
        return {
            "schema_version": SCHEMA_VERSION,
            "fps_hz": fps,
            "frames": self.n_frames,
            "size_px": [self.parameters.video.width_px, self.parameters.video.height_px],
            "time_s": _rounded(times - self.start_s, 6),
            "events": [
                self._timed(asdict(event)) for event in stepped if event.time_s >= self.start_s
            ],
            "knee_drives": [
                self._timed(drive) for drive in knee_drives(self.gait, self.start_s, end_s)
            ],
            "in_contact": {side: _contact(stepped, side, times) for side in SIDES},
            "angles": {k: _rounded(np.array([f[k] for f in found]), 3) for k in found[0]},
            "points_m": {k: _rounded(np.array([p[k] for p in points]), 4) for k in points[0]},
            "points_px": {k: _rounded(np.array([s[k] for s in seen]), 2) for k in seen[0]},
            "athlete_box_px": _rounded(np.array(boxes), 1),
            "parameters": self.parameters.model_dump(),
        }

    def _timed(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values with the clip's time for the athlete's, and the frame, not rounded."""
        moved = {
            key: round(value - self.start_s, 5)
            if key in ("time_s", "toe_off_s", "touchdown_s")
            else round(value, 4)
            if isinstance(value, float)
            else value
            for key, value in values.items()
        }
        return moved | {"frame": round(moved["time_s"] * self.parameters.video.fps_hz, 3)}

    def others(self) -> list[Runner]:
        """A second runner and a bystander, where asked for."""
        look, found = self.parameters.look, []
        rng = np.random.default_rng((look.seed, 1))
        middle = self.gait.pelvis.centre_m(self.start_s + self.parameters.video.duration_s / 2)
        away = -self.camera.side
        if look.second_runner:
            name, stature = another_body(rng)
            speed = self.parameters.technique.speed_mps * rng.uniform(0.92, 0.99)
            asked = {
                "speed_mps": speed,
                "step_rate_hz": rng.uniform(4.0, 4.6),
                "contact_time_s": 0.88 / speed,
                "peak_thigh_deg": rng.uniform(65, 85),
            }
            technique = Technique.model_validate(asked)
            gait = build_gait(load_body(name, stature), technique)
            ahead = middle[0] * (1 - speed / self.parameters.technique.speed_mps)
            at = np.array([ahead + rng.uniform(-1.5, 0.5), away * LANE_M, 0.0])
            found.append(Runner(gait.body, gait, at, rng.uniform(0, 0.4), name))
        if look.bystander:
            name, stature = another_body(rng)
            at = np.array([middle[0] + rng.uniform(-1.5, 1.5), away * rng.uniform(2, 4), 0.0])
            found.append(Runner(load_body(name, stature), None, at, 0.0, name))
        return found

    def pictures(self) -> Iterator[Picture]:
        """The frames in order, RGB, shape (height, width, 3)."""
        ask = self.parameters
        rng = np.random.default_rng(ask.look.seed)
        others, scene = self.others(), place(rng)
        figures = [make_figure(self.gait.body, outfit(ask.body.name, rng))]
        figures += [make_figure(other.body, outfit(other.look, rng)) for other in others]
        post = None
        if ask.look.post:
            middle = self.gait.pelvis.centre_m(self.start_s + ask.video.duration_s / 2)
            post = np.array([middle[0], self.camera.side * POST_BEFORE_M, 0.0])
        size = (ask.video.width_px, ask.video.height_px)
        with rendering(
            figures, scene, size, mirror=-self.camera.side, grain=ask.video.grain, post_m=post
        ) as renderer:
            bodies = [figure.body for figure in figures]
            for number, time in enumerate(self.times_s()):
                moments = [self._moment(bodies, others, t) for t in self._exposed_s(time)]
                yield renderer.picture(moments, number)

    def _exposed_s(self, time_s: float) -> FloatArray:
        """Times within one exposure, around the frame's own."""
        video = self.parameters.video
        share = (np.arange(video.blur_samples) + 0.5) / video.blur_samples - 0.5
        return np.asarray(time_s + share * video.shutter_share / video.fps_hz)

    def _moment(self, bodies: list[Body], others: list[Runner], time_s: float) -> Moment:
        own = bodies[0].skin(self.gait.pose(time_s))
        rest = [o.vertices_m(b, time_s) for o, b in zip(others, bodies[1:], strict=True)]
        return Moment(self.camera.at(time_s), [own, *rest])


def make_clip(parameters: ClipParameters) -> Clip:
    """A clip, not drawn yet.

    Parameters
    ----------
    parameters : ClipParameters
        What is asked.

    Returns
    -------
    Clip

    Raises
    ------
    Unreachable
        The legs are too short for the speed and contact time.
    """
    body = load_body(parameters.body.name, parameters.body.stature_m)
    gait = build_gait(body, parameters.technique)
    start_s = parameters.video.start_phase * gait.pelvis.stride_s
    end_s = start_s + parameters.video.duration_s
    return Clip(parameters, gait, Camera(parameters, start_s, end_s))


def write_clip(parameters: ClipParameters, path: Path) -> dict[str, Any]:
    """Render a clip to ``path`` (MP4) and its truth to the same name with ``.json``.

    Parameters
    ----------
    parameters : ClipParameters
        What is asked.
    path : Path
        The clip.

    Returns
    -------
    dict
        The truth.
    """
    clip = make_clip(parameters)
    path.parent.mkdir(parents=True, exist_ok=True)
    truth = clip.truth()
    write_video(path, clip.pictures(), parameters)
    path.with_suffix(".json").write_text(json.dumps(truth, separators=(",", ":")) + "\n")
    return truth


def write_video(path: Path, pictures: Iterator[Picture], parameters: ClipParameters) -> None:
    """Write pictures as H.264 that every player takes."""
    import av

    video = parameters.video
    with av.open(path, "w", options={"movflags": "+faststart"}) as container:
        rate = Fraction(video.fps_hz).limit_denominator(1001)
        stream: Any = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = video.width_px, video.height_px, "yuv420p"
        stream.options = {"crf": str(video.crf), "preset": "medium"}
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _rounded(values: FloatArray, digits: int) -> Any:
    """Nested lists with so many digits; what is not seen is null."""
    rounded = np.round(values, digits).astype(object)
    rounded[np.isnan(values)] = None
    return rounded.tolist()


def _box(view: View, skin_m: FloatArray) -> FloatArray:
    """The athlete's box in the picture: left, top, right, bottom; it may reach beyond it."""
    seen = view.project(skin_m)
    return np.concatenate([np.nanmin(seen, axis=0), np.nanmax(seen, axis=0)])


def _contact(stepped: list[Any], side: str, times_s: FloatArray) -> list[int]:
    """1 where a foot stands, by frame, from events that begin a stride before the clip."""
    own = [event for event in stepped if event.side == side]
    standing = np.zeros(len(times_s), dtype=int)
    for event in own:
        standing[times_s >= event.time_s] = int(event.type == "touchdown")
    return [int(flag) for flag in standing]
