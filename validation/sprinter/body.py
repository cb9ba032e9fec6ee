"""A MakeHuman body (CC0) of any stature: bones, skin, landmarks and soles."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from validation.sprinter.hip_centre import hip_centres

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

BUNDLE = Path(__file__).with_name("body.npz")
BUNDLE_VARIABLE = "KNEEDRIVE_SPRINTER_BODIES"
"""Names another file of bodies than the committed one, as `bundle` draws them for training."""
PARENTS: dict[str, str] = {
    "spine_01": "pelvis",
    "spine_02": "spine_01",
    "spine_03": "spine_02",
    "neck_01": "spine_03",
    "head": "neck_01",
} | {
    f"{bone}_{s}": parent if parent in ("spine_03", "pelvis") else f"{parent}_{s}"
    for s in "lr"
    for bone, parent in (
        ("clavicle", "spine_03"),
        ("upperarm", "clavicle"),
        ("lowerarm", "upperarm"),
        ("hand", "lowerarm"),
        ("thigh", "pelvis"),
        ("calf", "thigh"),
        ("foot", "calf"),
        ("ball", "foot"),
    )
}
"""Every bone but the pelvis: the bone it hangs on. Parents stand before their children."""

JOINTS: dict[str, str] = {
    f"{side}_{name}": f"{bone}_{side[0]}"
    for side in ("left", "right")
    for name, bone in (
        ("shoulder", "upperarm"),
        ("elbow", "lowerarm"),
        ("wrist", "hand"),
        ("hip", "thigh"),
        ("knee", "calf"),
        ("ankle", "foot"),
        ("ball", "ball"),
    )
}
"""Joint centre: the bone whose head it is."""

Pose = dict[str, tuple[FloatArray, FloatArray]]
"""Bone: its rotation from the rest pose, shape (3, 3), and where its head is, metres."""


@dataclass(frozen=True)
class Body:
    """One body at rest: standing, arms half down, soles on z = 0, facing x.

    Attributes
    ----------
    name : str
        Name in the bundle.
    stature_m : float
        Height of the crown over the ground, in shoes.
    vertices_m : ndarray, shape (V, 3)
        The skin, shoes and kit at rest.
    triangles, material : ndarray, shape (F, 3) and (F,)
        Faces, and of each 0 skin, 1 clothing, 2 eye.
    heads_m : dict
        Where each bone's joint is; the hips are where anatomy has them (``hip_centre``).
    rig_hips_m : dict
        Where the rig of MakeHuman has the hips, ``left`` and ``right``.
    landmarks_m : dict
        Points on the surface, each with the bone that carries it.
    bone_index, bone_weight : ndarray, shape (V, 4)
        The bones that move each vertex, as numbers in ``bones``, and how much.
    """

    name: str
    stature_m: float
    vertices_m: FloatArray
    triangles: IntArray
    material: IntArray
    bones: tuple[str, ...]
    heads_m: dict[str, FloatArray]
    rig_hips_m: dict[str, FloatArray]
    landmarks_m: dict[str, tuple[FloatArray, str]]
    bone_index: IntArray
    bone_weight: FloatArray

    @cached_property
    def weights(self) -> FloatArray:
        """Weights as a table, shape (V, B)."""
        table = np.zeros((len(self.vertices_m), len(self.bones)))
        np.put_along_axis(table, self.bone_index, self.bone_weight, axis=1)
        return table

    def weight_of(self, *prefixes: str) -> FloatArray:
        """Summed weight, shape (V,), of the bones whose names begin so."""
        columns = [i for i, bone in enumerate(self.bones) if bone.startswith(prefixes)]
        total: FloatArray = self.weights[:, columns].sum(1)
        return total

    @cached_property
    def soles(self) -> dict[str, IntArray]:
        """Vertices of each sole, ``left`` and ``right``."""
        low = self.vertices_m[:, 2] < 1e-4
        y = self.vertices_m[:, 1]
        return {"left": np.flatnonzero(low & (y > 0)), "right": np.flatnonzero(low & (y < 0))}

    def length_m(self, bone: str, end: str) -> float:
        """From the head of one bone to the head of another, at rest."""
        return float(np.linalg.norm(self.heads_m[end] - self.heads_m[bone]))

    def skin(self, pose: Pose, only: IntArray | None = None) -> FloatArray:
        """Vertices of the posed body, shape (V, 3), by linear blend skinning."""
        chosen = slice(None) if only is None else only
        turn = np.stack([pose[bone][0] for bone in self.bones])
        head = np.stack([self.heads_m[bone] for bone in self.bones])
        shift = np.stack([pose[bone][1] for bone in self.bones])
        shift = shift - np.einsum("bij,bj->bi", turn, head)
        flat = np.concatenate([turn.reshape(-1, 9), shift], axis=1)
        mixed = self.weights[chosen] @ flat
        rest = self.vertices_m[chosen]
        turned = np.einsum("vij,vj->vi", mixed[:, :9].reshape(-1, 3, 3), rest)
        posed: FloatArray = turned + mixed[:, 9:]
        return posed

    def points(self, pose: Pose) -> dict[str, FloatArray]:
        """Joint centres and surface landmarks of the posed body, metres."""
        found = {name: pose[bone][1] for name, bone in JOINTS.items()}
        for name, (rest, bone) in self.landmarks_m.items():
            turn, head = pose[bone]
            found[name] = head + turn @ (rest - self.heads_m[bone])
        return found


@lru_cache(maxsize=8)
def load_body(name: str, stature_m: float) -> Body:
    """One of the bundle's bodies, scaled to a stature.

    Parameters
    ----------
    name : str
        One of `body_names`; ``man_african``, ``man_caucasian``, ``woman_african`` and
        ``woman_asian`` are committed.
    stature_m : float
        Height in shoes.

    Returns
    -------
    Body
    """
    with np.load(bundle_path()) as data:
        others = tuple(f"{other}_" for other in body_names() if other != name)
        own = {key: data[key] for key in data.files if not key.startswith(others)}
    return _scaled(own, name, stature_m)


def bundle_path() -> Path:
    """The file of bodies: the committed one, or the one that the environment names."""
    return Path(os.environ.get(BUNDLE_VARIABLE) or BUNDLE)


@lru_cache(maxsize=1)
def body_names() -> tuple[str, ...]:
    """Names of the bundle's bodies."""
    with np.load(bundle_path()) as data:
        ending = "_vertices_m"
        return tuple(key.removesuffix(ending) for key in data.files if key.endswith(ending))


def _scaled(data: dict[str, Any], name: str, stature_m: float) -> Body:
    vertices = data[f"{name}_vertices_m"].astype(float)
    scale = stature_m / vertices[:, 2].max()
    vertices = vertices * scale
    bones = tuple(str(bone) for bone in data["bones"])
    heads = dict(zip(bones, data[f"{name}_heads_m"].astype(float) * scale, strict=True))
    skin = np.unique(data["triangles"][data["material"] == 0])
    centres = hip_centres(vertices[skin], stature_m)
    rig = {side: heads[f"thigh_{side[0]}"] for side in ("left", "right")}
    heads |= {f"thigh_{side[0]}": centre for side, centre in centres.items()}
    heads["pelvis"] = (centres["left"] + centres["right"]) / 2
    points = data[f"{name}_landmarks_m"].astype(float) * scale
    weight = data[f"{name}_bone_weight"].astype(float)
    marks = zip(data["landmark_names"], points, data["landmark_bones"], strict=True)
    return Body(
        name=name,
        stature_m=stature_m,
        vertices_m=vertices,
        triangles=data["triangles"].astype(int),
        material=data["material"].astype(int),
        bones=bones,
        heads_m=heads,
        rig_hips_m=rig,
        landmarks_m={str(mark): (point, str(bone)) for mark, point, bone in marks},
        bone_index=data[f"{name}_bone_index"].astype(int),
        # The bundle's bytes add up to 255 only nearly; a rest would grow with the way run.
        bone_weight=weight / weight.sum(1, keepdims=True),
    )
