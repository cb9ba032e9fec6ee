"""Pose files as other programs write them, made from a known pose."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.pose.files.names import BODY_25, COCO_WHOLEBODY, HALPE_26, landmark_of
from kneedrive_cv.pose.landmarks import INDEX
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]

FPS = 60.0
NAMES = tuple(
    f"{side}_{part}"
    for side in ("left", "right")
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
)
PX_PER_M = 200.0


@dataclass(frozen=True)
class Written:
    """A pose file, and whether it says the time of its frames."""

    path: Path
    says_time: bool


def points_named(track: PoseTrack, names: Sequence[str]) -> FloatArray:
    """x, y and confidence, (T, K, 3); confidence 0 and place 0, 0 for what is not known."""
    out = np.zeros((len(track), len(names), 3))
    for i, name in enumerate(names):
        landmark = landmark_of(name)
        if landmark is not None:
            out[:, i, :2] = track.point(landmark)
            out[:, i, 2] = track.visibility[:, INDEX[landmark]]
    out[np.isnan(out).any(axis=-1)] = 0.0
    return out


def bystander(points: FloatArray) -> FloatArray:
    """Somebody who stands still beside the athlete, far away from him."""
    return points[:1].repeat(len(points), axis=0) + np.array([900.0, 0.0, 0.0])


def write_openpose(track: PoseTrack, folder: Path, names: Sequence[str] = BODY_25) -> Written:
    path = folder / "clip_json"
    path.mkdir()
    own = points_named(track, names)
    people = (bystander(own), own)
    for row, frame in enumerate(track.frame.tolist()):
        shown = people if row % 2 else people[::-1]  # in no lasting order
        data = {
            "version": 1.3,
            "people": [{"pose_keypoints_2d": one[row].ravel().tolist()} for one in shown],
        }
        name = path / f"clip_{frame:012d}_keypoints.json"
        name.write_text(json.dumps(data), encoding="utf-8")
    return Written(path, False)


def write_halpe(track: PoseTrack, folder: Path) -> Written:
    """As Pose2Sim writes the points of RTMLib."""
    return write_openpose(track, folder, HALPE_26)


def write_wholebody(track: PoseTrack, folder: Path) -> Written:
    return write_openpose(track, folder, COCO_WHOLEBODY)


def _mmpose(track: PoseTrack, names: Sequence[str]) -> list[dict[str, Any]]:
    own = points_named(track, names)
    return [
        {
            "frame_id": frame + 1,
            "instances": [
                {
                    "keypoints": person[row, :, :2].tolist(),
                    "keypoint_scores": person[row, :, 2].tolist(),
                }
                for person in (bystander(own), own)
            ],
        }
        for row, frame in enumerate(track.frame.tolist())
    ]


def write_mmpose_halpe(track: PoseTrack, folder: Path) -> Written:
    path = folder / "results.json"
    data = {"meta_info": {}, "instance_info": _mmpose(track, HALPE_26)}
    path.write_text(json.dumps(data), encoding="utf-8")
    return Written(path, False)


def write_mmpose_wholebody(track: PoseTrack, folder: Path) -> Written:
    path = folder / "predictions.json"
    path.write_text(json.dumps(_mmpose(track, COCO_WHOLEBODY)), encoding="utf-8")
    return Written(path, False)


def write_dlc_csv(track: PoseTrack, folder: Path) -> Written:
    path = folder / "clipDLC_resnet50.csv"
    own = points_named(track, NAMES)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["scorer", *["DLC"] * (3 * len(NAMES))])
        writer.writerow(["bodyparts", *np.repeat(NAMES, 3)])
        writer.writerow(["coords", *["x", "y", "likelihood"] * len(NAMES)])
        for frame, row in zip(track.frame.tolist(), own, strict=True):
            writer.writerow([frame, *row.ravel().tolist()])
    return Written(path, False)


def write_dlc_h5(track: PoseTrack, folder: Path) -> Written:
    import pandas

    path = folder / "clipDLC_resnet50.h5"
    own = points_named(track, NAMES)
    people = np.stack([bystander(own), own], axis=1)
    columns = pandas.MultiIndex.from_product(
        [["DLC"], ["coach", "athlete"], NAMES, ["x", "y", "likelihood"]],
        names=["scorer", "individuals", "bodyparts", "coords"],
    )
    data = pandas.DataFrame(people.reshape(len(own), -1), index=track.frame, columns=columns)
    data.to_hdf(path, key="df_with_missing", mode="w")
    return Written(path, False)


def write_sleap(track: PoseTrack, folder: Path) -> Written:
    import h5py

    path = folder / "clip.analysis.h5"
    own = points_named(track, NAMES)
    people = np.stack([bystander(own), own])  # (N, T, K, 3)
    with h5py.File(path, "w") as file:
        file["node_names"] = np.array(NAMES, dtype="S")
        file["tracks"] = people[..., :2].transpose(0, 3, 2, 1)
        file["point_scores"] = people[..., 2].transpose(0, 2, 1)
        file["track_occupancy"] = np.ones((len(own), 2))
    return Written(path, False)


def _in_space(track: PoseTrack) -> FloatArray:
    """Millimetres with z up and the run along y, as motion capture often has it, (T, K, 3)."""
    flat = np.stack([track.point(name) for name in NAMES], axis=1) / PX_PER_M
    side = np.array([0.1 if name.startswith("left") else -0.1 for name in NAMES])
    across = np.broadcast_to(side, flat.shape[:2]) + 0 * flat[..., 0]
    return 1000 * np.stack([across, flat[..., 0], 3.0 - flat[..., 1]], axis=-1)


def write_trc(track: PoseTrack, folder: Path) -> Written:
    path = folder / "trial.trc"
    points, count = _in_space(track), len(NAMES)
    lines = [
        "PathFileType\t4\t(X/Y/Z)\ttrial.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits",
        f"{FPS}\t{FPS}\t{len(track)}\t{count}\tmm",
        "Frame#\tTime\t" + "\t\t\t".join(NAMES),
        "\t\t" + "\t".join(f"{a}{i}" for i in range(1, count + 1) for a in "XYZ"),
        "",
    ]
    for row, at_s in enumerate(track.time_s.tolist()):
        cells = ["" if np.isnan(x) else f"{x:.6f}" for x in points[row].ravel()]
        lines.append("\t".join([str(row + 1), f"{at_s:.6f}", *cells]))
    path.write_text("\n".join(lines), encoding="utf-8")
    return Written(path, True)


def write_c3d(track: PoseTrack, folder: Path) -> Written:
    import ezc3d

    path = folder / "trial.c3d"
    points = _in_space(track)
    missing = np.isnan(points).any(axis=-1)
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [FPS]
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    file["parameters"]["POINT"]["LABELS"]["value"] = [f"Ann:{name}" for name in NAMES]
    data = np.ones((4, len(NAMES), len(track)))
    data[:3] = np.where(missing[..., None], 0.0, points).transpose(2, 1, 0)
    file["data"]["points"] = data
    file.write(str(path))
    return Written(path, True)


def write_netcdf(track: PoseTrack, folder: Path) -> Written:
    import xarray

    path = folder / "tracks.nc"
    own = points_named(track, NAMES)
    own[own[..., 2] == 0] = np.nan
    people = np.stack([bystander(own), own], axis=-1)  # (T, K, 3, N)
    dims = ("time", "space", "keypoints", "individuals")
    xarray.Dataset(
        {
            "position": (dims, people[:, :, :2].transpose(0, 2, 1, 3)),
            "confidence": (("time", "keypoints", "individuals"), people[:, :, 2]),
        },
        coords={
            "time": track.time_s,
            "space": ["x", "y"],
            "keypoints": list(NAMES),
            "individuals": ["coach", "athlete"],
        },
        attrs={"fps": FPS, "time_unit": "seconds", "source_software": "SLEAP"},
    ).to_netcdf(path, engine="h5netcdf")
    return Written(path, True)


WRITERS: dict[str, Callable[[PoseTrack, Path], Written]] = {
    "OpenPose BODY_25": write_openpose,
    "Halpe-26 in OpenPose's layout": write_halpe,
    "COCO-WholeBody in OpenPose's layout": write_wholebody,
    "MMPose Halpe-26": write_mmpose_halpe,
    "MMPose COCO-WholeBody": write_mmpose_wholebody,
    "DeepLabCut CSV": write_dlc_csv,
    "DeepLabCut H5": write_dlc_h5,
    "SLEAP": write_sleap,
    "TRC": write_trc,
    "C3D": write_c3d,
    "movement netCDF": write_netcdf,
}
