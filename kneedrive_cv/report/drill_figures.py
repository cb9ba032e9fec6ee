"""How each drill looks: line figures made for this project."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kneedrive_cv.report.figurine import Figurine, Pose, Stroke, arrow, box

_LYING: Final = Pose(
    lean=-90.0, near=(90.0, 0.0, 0.0), far=(90.0, 0.0, 0.0),
    near_arm=(86.0, 0.0), far_arm=(86.0, 0.0), at=0.62,
)  # fmt: skip
_KNEE_UP: Final = Pose(
    lean=4.0, near=(92.0, 96.0, 6.0), far=(-4.0, 6.0, -28.0),
    near_arm=(-48.0, 80.0), far_arm=(42.0, 85.0), at=0.42,
)  # fmt: skip
_OTHER_KNEE: Final = replace(
    _KNEE_UP, near=_KNEE_UP.far, far=_KNEE_UP.near, near_arm=_KNEE_UP.far_arm,
    far_arm=_KNEE_UP.near_arm, at=1.2,
)  # fmt: skip


def _hips_from_above(x: float, turn: float) -> tuple[Stroke, ...]:
    """Both hips as a bar across the lane, and where they point; ``turn`` moves one ahead."""
    centre = -0.45
    bar = ((x - turn, centre + 0.17), (x + turn, centre - 0.17))
    ahead = (x + 0.3, centre + 1.2 * turn)
    return (
        Stroke(((x - 0.26, -0.75), (x + 0.34, -0.75)), "ground"),
        Stroke(((x - 0.26, -0.15), (x + 0.34, -0.15)), "ground"),
        Stroke(bar, "near"),
        Stroke((bar[0],), "near", 0.035),
        Stroke((bar[1],), "far", 0.035),
        arrow((x + 0.03, centre), ahead),
    )


DRAWINGS: Final[dict[str, Figurine]] = {
    "lying_leg_raise": Figurine(
        "Lying on the back, both straight legs are raised from the ground until they point up.",
        (replace(_LYING, near=(158.0, 0.0, 0.0), far=(158.0, 0.0, 0.0)),),
        ghost=_LYING,
        extras=(arrow((1.08, -0.12), (1.05, -0.3), (0.93, -0.45)),),
        width=1.3,
    ),
    "step_knee_drive": Figurine(
        "Standing on a step on one straight leg, the other knee is driven up to hip height.",
        (replace(_KNEE_UP, far=(0.0, 0.0, 0.0), lift=0.2, at=0.62),),
        ghost=Pose(
            lean=8.0, near=(-14.0, 4.0, 4.0), far=(80.0, 78.0, 0.0),
            near_arm=(30.0, 60.0), far_arm=(-30.0, 50.0), at=0.4,
        ),
        extras=(box(0.5, 0.92, 0.2), arrow((0.26, -0.28), (0.34, -0.46), (0.52, -0.52))),
        width=1.1,
    ),
    "tuck_jump": Figurine(
        "From a half squat a jump straight up, both knees brought to the chest in the air.",
        (
            Pose(lean=38.0, near=(66.0, 96.0, 30.0), far=(66.0, 96.0, 30.0),
                 near_arm=(-42.0, 10.0), far_arm=(-42.0, 10.0), at=0.32),
            Pose(lean=14.0, near=(124.0, 128.0, 0.0), far=(120.0, 126.0, 0.0),
                 near_arm=(58.0, 70.0), far_arm=(58.0, 70.0), lift=0.32, at=1.0),
        ),
        extras=(arrow((1.02, -0.04), (1.02, -0.26)),),
        width=1.45,
    ),
    "skipping": Figurine(
        "A skip: one knee at hip height with the foot under it and the toes up, the other leg "
        "straight and just off the ground.",
        (replace(_KNEE_UP, lift=0.06),),
        extras=(arrow((0.78, -0.16), (1.0, -0.16)),),
        width=1.1,
    ),
    "high_knees": Figurine(
        "Two quick steps: first one thigh at parallel, then the other, the trunk tall.",
        (_KNEE_UP, _OTHER_KNEE),
        extras=(arrow((0.78, -0.16), (0.98, -0.16)),),
        width=1.75,
    ),
    "hamstring_stretch": Figurine(
        "One heel lies on a low support with the knee straight; the trunk bends forward from the "
        "hips with a flat back.",
        (Pose(lean=52.0, near=(56.0, 0.0, 8.0), far=(-4.0, 0.0, 4.0),
              near_arm=(38.0, 0.0), far_arm=(34.0, 0.0), at=0.36),),
        extras=(box(0.66, 0.98, 0.19), arrow((0.5, -0.98), (0.66, -0.9), (0.74, -0.76))),
        width=1.1,
    ),
    "glute_stretch": Figurine(
        "Lying on the back, one knee is drawn towards the chest, the other leg lies straight.",
        (replace(_LYING, near=(196.0, 128.0, 0.0), near_arm=(138.0, 14.0), far_arm=(132.0, 20.0)),),
        extras=(arrow((0.72, -0.34), (0.62, -0.36), (0.5, -0.3)),),
        width=1.3,
    ),
    "toes_to_shin": Figurine(
        "The knee is up; the toes are pulled from pointing down towards the shin.",
        (replace(_KNEE_UP, near=(90.0, 92.0, 12.0)),),
        ghost=replace(_KNEE_UP, near=(90.0, 92.0, -42.0)),
        extras=(arrow((0.82, -0.16), (0.86, -0.24), (0.84, -0.32)),),
        width=1.1,
    ),
    "square_hips": Figurine(
        "The hips from above, the run going to the right: turned with one hip ahead on the left, "
        "which is wrong; square across the lane on the right, as wanted.",
        (),
        extras=(
            *_hips_from_above(0.35, 0.11),
            Stroke(((0.25, -0.98), (0.37, -0.86)), "wrong"),
            Stroke(((0.25, -0.86), (0.37, -0.98)), "wrong"),
            *_hips_from_above(1.1, 0.0),
            Stroke(((1.03, -0.92), (1.08, -0.86), (1.19, -0.99)), "right"),
        ),
        width=1.5,
    ),
    "after_strain": Figurine(
        "Sitting with the leg outstretched, a cold pack on the thigh.",
        (Pose(lean=-24.0, near=(90.0, 0.0, 0.0), far=(150.0, 128.0, -20.0),
              near_arm=(-36.0, 0.0), far_arm=(-40.0, 0.0), at=0.42),),
        extras=(Stroke(((0.5, -0.06), (0.64, -0.06), (0.64, -0.12), (0.5, -0.12), (0.5, -0.06)),
                       "prop"),),
        width=1.2,
    ),
}  # fmt: skip
"""Drill code -> its drawing. A drill without one is shown by its words alone."""
