"""A body made ready to be drawn: what the shader wants to know of every vertex."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from validation.sprinter.body import Body
from validation.sprinter.looks import Outfit
from validation.sprinter.rotations import unit

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Figure:
    """A body with hair and kit.

    Attributes
    ----------
    body : Body
        With the hair's volume on the scalp.
    outfit : Outfit
        What it wears.
    """

    body: Body
    outfit: Outfit

    @cached_property
    def _spread(self) -> csr_array:
        """Adds the faces' normals up at their vertices, shape (V, F)."""
        faces = self.body.triangles
        rows, columns = faces.ravel(), np.repeat(np.arange(len(faces)), 3)
        shape = (len(self.body.vertices_m), len(faces))
        return csr_array((np.ones(rows.size), (rows, columns)), shape=shape)

    def normals(self, vertices_m: FloatArray) -> FloatArray:
        """Unit normals, shape (V, 3)."""
        a, b, c = (vertices_m[self.body.triangles[:, k]] for k in range(3))
        summed = self._spread @ np.cross(b - a, c - a)
        length = np.linalg.norm(summed, axis=1, keepdims=True)
        found: FloatArray = summed / np.maximum(length, 1e-12)
        return found

    def static(self) -> FloatArray:
        """Rest position, regions and material of every vertex, shape (V, 8)."""
        body, rest = self.body, self.body.vertices_m
        material = np.zeros(len(rest))
        material[body.triangles] = body.material[:, None]
        hip, ankle, neck = (body.heads_m[b] for b in ("thigh_l", "foot_l", "neck_01"))
        leg = (hip[2] - rest[:, 2]) / (hip[2] - ankle[2])
        trunk = (rest[:, 2] - hip[2]) / (neck[2] - hip[2])
        parts = [rest, leg[:, None], self._along_arm()[:, None], trunk[:, None]]
        return np.hstack([*parts, hair_depth(body)[:, None], material[:, None]])

    def _along_arm(self) -> FloatArray:
        """0 at the shoulder, 1 at the wrist; less than 0 off the arms."""
        body, far = self.body, np.full(len(self.body.vertices_m), -1.0)
        for s in "lr":
            start, end = body.heads_m[f"upperarm_{s}"], body.heads_m[f"hand_{s}"]
            along = unit(end - start)
            share = (body.vertices_m - start) @ along / np.linalg.norm(end - start)
            arm = body.weight_of(f"upperarm_{s}", f"lowerarm_{s}", f"hand_{s}") > 0.5
            far[arm] = np.maximum(share[arm], 0.0)
        return far

    def uniforms(self) -> dict[str, Any]:
        """What the shader wants to know of the whole figure."""
        body, scale = self.body, self.body.stature_m / 1.8
        eye, nose = body.landmarks_m["left_eye"][0], body.landmarks_m["nose"][0]
        brow = (eye[2] + 0.027 * scale, nose[2] - 0.04 * scale, eye[1])
        own = {
            "brow": brow,
            "shoulder": body.heads_m["upperarm_l"],
            "neck_z": body.heads_m["neck_01"][2] + 0.03,
        }
        return self.outfit.values | own


def hair_depth(body: Body) -> FloatArray:
    """How far each vertex lies behind the hair line, metres; less than 0 is face and body."""
    scale = body.stature_m / 1.8
    eye, ear = body.landmarks_m["left_eye"][0], body.landmarks_m["left_ear"][0]
    brow = np.array([eye[0] - 0.012 * scale, eye[2] + 0.062 * scale])
    nape = np.array([ear[0] - 0.075 * scale, ear[2] - 0.045 * scale])
    along = unit(nape - brow)
    out = np.array([along[1], -along[0]])
    depth = (body.vertices_m[:, [0, 2]] - brow) @ (out if out[1] > 0 else -out)
    head = body.weight_of("head") > 0.5
    found: FloatArray = np.where(head, np.minimum(depth, 0.05), -1.0)
    return found


def make_figure(body: Body, outfit: Outfit) -> Figure:
    """A figure whose hair stands off the scalp.

    Parameters
    ----------
    body : Body
        Who.
    outfit : Outfit
        Hair and kit.

    Returns
    -------
    Figure
    """
    bald = Figure(body, outfit)
    depth = hair_depth(body)
    skin = np.unique(body.triangles[body.material == 0])
    lift = np.zeros(len(depth))
    lift[skin] = outfit.hair_m * np.clip(depth[skin] / 0.03, 0, 1)
    haired = body.vertices_m + bald.normals(body.vertices_m) * lift[:, None]
    return Figure(replace(body, vertices_m=haired), outfit)
