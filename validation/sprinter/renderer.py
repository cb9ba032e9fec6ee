"""Pictures by OpenGL in software (EGL, Mesa's llvmpipe): figures, ground, sun shadow, blur."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from validation.sprinter.cameras import View
from validation.sprinter.figure import Figure
from validation.sprinter.looks import Place
from validation.sprinter.rotations import unit

FloatArray = NDArray[np.float64]
Picture = NDArray[np.uint8]

SHADERS = Path(__file__).with_name("shaders")
SHADOW_PX = 1024
SHADOW_REACH_M = 3.0
SAMPLES = 4
"""Of every pixel, against stairs on edges. Anisotropy stays off: llvmpipe takes 25 times longer."""


@dataclass(frozen=True)
class Moment:
    """What is drawn at one instant: a camera, and the vertices, shape (V, 3), of each figure."""

    view: View
    vertices_m: Sequence[FloatArray]


class Renderer:
    """Draws moments of one clip.

    Parameters
    ----------
    figures : sequence of Figure
        Everyone in the picture, the athlete first.
    place : Place
        Light and surroundings.
    size_px : tuple of int
        Width and height of the pictures.
    mirror : int
        1 where the camera is on the athlete's right, -1 on his left.
    grain : float
        Noise of the picture.
    post_m : ndarray, shape (3,), optional
        Where a post stands.
    """

    def __init__(
        self,
        figures: Sequence[Figure],
        place: Place,
        size_px: tuple[int, int],
        *,
        mirror: int = 1,
        grain: float = 0.0,
        post_m: FloatArray | None = None,
    ) -> None:
        import moderngl

        self._gl = moderngl.create_standalone_context(backend="egl")
        self.figures, self.place, self.size_px, self.grain = figures, place, size_px, grain
        self._sun = place.sun * [1, mirror, 1]
        self._programs = {
            name: self._program(vertex, fragment)
            for name, vertex, fragment in (
                ("figure", "figure.vert", "figure.frag"),
                ("ground", "quad.vert", "ground.frag"),
                ("shadow", "shadow.vert", "shadow.frag"),
                ("thing", "thing.vert", "thing.frag"),
                ("add", "quad.vert", "add.frag"),
                ("develop", "quad.vert", "develop.frag"),
            )
        }
        shared = place.values | {"sun": self._sun, "mirror": float(mirror), "clouds": 0, "shade": 1}
        for program in self._programs.values():
            _set(program, shared)
        self._make_targets()
        self._make_meshes(post_m)

    def _program(self, vertex: str, fragment: str) -> Any:
        """Compile a pair of shaders; those without a version stand on the common part."""
        text = (SHADERS / fragment).read_text()
        common = "" if text.startswith("#version") else (SHADERS / "common.glsl").read_text()
        return self._gl.program(
            vertex_shader=(SHADERS / vertex).read_text(), fragment_shader=common + text
        )

    def _make_targets(self) -> None:
        gl, size = self._gl, self.size_px
        self._clouds = gl.texture((512, 512), 4, _clouds().tobytes(), dtype="f1")
        self._clouds.build_mipmaps()
        self._shade = gl.depth_texture((SHADOW_PX, SHADOW_PX))
        self._shade.compare_func = "<="
        self._shade_target = gl.framebuffer(depth_attachment=self._shade)
        self._rough = gl.framebuffer(
            [gl.renderbuffer(size, 4, samples=SAMPLES, dtype="f2")],
            gl.depth_renderbuffer(size, samples=SAMPLES),
        )
        self._once, self._sum = (gl.texture(size, 4, dtype=t) for t in ("f2", "f4"))
        self._once_target, self._sum_target = (
            gl.framebuffer([texture]) for texture in (self._once, self._sum)
        )
        self._final = gl.simple_framebuffer(size, 3)

    def _make_meshes(self, post_m: FloatArray | None) -> None:
        gl = self._gl
        corners = gl.buffer(np.array([-1, -1, 1, -1, -1, 1, 1, 1], "f4").tobytes())
        self._quads = {
            name: gl.vertex_array(self._programs[name], corners, "corner")
            for name in ("ground", "add", "develop")
        }
        self._meshes = [self._figure_mesh(figure) for figure in self.figures]
        self._post = None
        if post_m is not None:
            buffer = gl.buffer(_post(post_m).astype("f4").tobytes())
            layout = [(buffer, "3f 3f", "position", "normal")]
            self._post = gl.vertex_array(self._programs["thing"], layout)

    def _figure_mesh(self, figure: Figure) -> tuple[Any, Any, Any]:
        """The buffer that moves, and what draws the figure and its shadow from it."""
        gl, faces = self._gl, figure.body.triangles.astype("i4")
        moving = gl.buffer(reserve=len(figure.body.vertices_m) * 24, dynamic=True)
        fixed = gl.buffer(figure.static().astype("f4").tobytes())
        layout = [
            (moving, "3f 3f", "position", "normal"),
            (fixed, "3f 4f 1f", "rest", "regions", "material"),
        ]
        drawn = gl.vertex_array(self._programs["figure"], layout, gl.buffer(faces.tobytes()))
        naked = gl.buffer(faces[figure.body.material == 0].tobytes())
        cast = gl.vertex_array(self._programs["shadow"], [(moving, "3f 12x", "position")], naked)
        return moving, drawn, cast

    def picture(self, moments: Sequence[Moment], number: int = 0) -> Picture:
        """The mean of some moments as a camera would keep it.

        Parameters
        ----------
        moments : sequence of Moment
            One, or several within the time that the shutter is open.
        number : int
            Of the frame; the grain follows from it.

        Returns
        -------
        ndarray of uint8, shape (height, width, 3)
            RGB.
        """
        gl = self._gl
        self._sum_target.clear()
        for moment in moments:
            self._draw(moment)
            gl.copy_framebuffer(self._once_target, self._rough)
            self._sum_target.use()
            gl.disable(gl.DEPTH_TEST)
            gl.enable(gl.BLEND)
            gl.blend_func = gl.ONE, gl.ONE
            self._once.use(0)
            self._quad("add", {"share": 1 / len(moments)})
            gl.disable(gl.BLEND)
        self._final.use()
        self._sum.use(0)
        asked = {"exposure": self.place.exposure, "warmth": self.place.warmth}
        self._quad("develop", asked | {"grain": self.grain, "number": float(number % 89)})
        pixels: Picture = np.frombuffer(self._final.read(components=3), np.uint8)
        return pixels.reshape(self.size_px[1], self.size_px[0], 3)[::-1]

    def _quad(self, name: str, values: Mapping[str, Any]) -> None:
        _set(self._programs[name], values)
        self._quads[name].render(self._gl.TRIANGLE_STRIP)

    def _draw(self, moment: Moment) -> None:
        """One instant into the target with several samples a pixel."""
        gl = self._gl
        for figure, (moving, _, _), vertices in zip(
            self.figures, self._meshes, moment.vertices_m, strict=True
        ):
            both = np.hstack([vertices, figure.normals(vertices)])
            moving.write(both.astype("f4").tobytes())
        gl.enable(gl.DEPTH_TEST)
        seen = {
            "view": moment.view.matrix(),
            "clip_to_world": np.linalg.inv(moment.view.matrix()),
            "sun_matrix": self._sun_matrix(moment.vertices_m[0].mean(0)),
            "eye": moment.view.eye_m,
        }
        for program in self._programs.values():
            _set(program, seen)
        self._shade_target.use()
        self._shade_target.clear()
        for _, _, cast in self._meshes:
            cast.render()
        self._rough.use()
        self._rough.clear()
        self._clouds.use(0)
        self._shade.use(1)
        for figure, (_, drawn, _) in zip(self.figures, self._meshes, strict=True):
            _set(self._programs["figure"], figure.uniforms())
            drawn.render()
        if self._post is not None:
            _set(self._programs["thing"], {"paint": self.place.values["accent"]})
            self._post.render()
        gl.depth_func = "<="
        self._quad("ground", {})

    def _sun_matrix(self, centre_m: FloatArray) -> FloatArray:
        """World to the sun's own picture, shape (4, 4), around the athlete."""
        back = unit(self._sun)
        right = unit(np.cross([0.0, 0.0, 1.0], back))
        axes = np.stack([right, np.cross(back, right), -back])
        matrix = np.eye(4)
        matrix[:3, :3] = axes / np.array([[SHADOW_REACH_M], [SHADOW_REACH_M], [12.0]])
        matrix[:3, 3] = -matrix[:3, :3] @ (centre_m * [1, 1, 0])
        return matrix

    def close(self) -> None:
        """Give the context back."""
        self._gl.release()


def why_not() -> str:
    """What is missing for drawing, and how to get it; empty where nothing is."""
    try:
        import moderngl

        moderngl.create_standalone_context(backend="egl").release()
    except ImportError:
        return "the extra [validation] is not installed: pip install -e '.[validation]'"
    except Exception as error:  # moderngl raises it bare
        return f"no OpenGL by EGL (Debian: apt install libegl1 libgl1-mesa-dri): {error}"
    return ""


@contextmanager
def rendering(*args: Any, **kwargs: Any) -> Iterator[Renderer]:
    """A ``Renderer`` that is closed in the end."""
    renderer = Renderer(*args, **kwargs)
    try:
        yield renderer
    finally:
        renderer.close()


def _set(program: Any, values: Mapping[str, Any]) -> None:
    """Set those uniforms that the program has."""
    for name, value in values.items():
        if name in program:
            array = np.asarray(value, dtype="f4")
            if name in ("clouds", "shade", "picture"):
                program[name].value = value
            else:
                program[name].write(np.ascontiguousarray(array.T).tobytes())


def _clouds() -> Picture:
    """Four tiling fractal noises, shape (512, 512, 4)."""
    rng = np.random.default_rng(20)
    k = np.hypot(*np.meshgrid(np.fft.fftfreq(512) * 512, np.fft.fftfreq(512) * 512))
    fall = 1 / np.maximum(k, 4) ** 1.15
    planes = []
    for _ in range(4):
        wave = np.fft.ifft2(np.fft.fft2(rng.normal(size=(512, 512))) * fall).real
        planes.append(128 + 50 * (wave - wave.mean()) / wave.std())
    stacked: Picture = np.clip(np.stack(planes, axis=-1), 0, 255).astype(np.uint8)
    return stacked


def _post(at_m: FloatArray, radius_m: float = 0.07, height_m: float = 3.2) -> FloatArray:
    """Triangles of a round post: positions and normals, shape (n, 6)."""
    turn = np.linspace(0, 2 * np.pi, 25)
    rim = np.stack([np.cos(turn), np.sin(turn), np.zeros(25)], axis=1)
    low, high = at_m + radius_m * rim, at_m + radius_m * rim + [0, 0, height_m]
    corners = np.stack([low[:-1], low[1:], high[1:], low[:-1], high[1:], high[:-1]], axis=1)
    facing = np.stack([rim[:-1], rim[1:], rim[1:], rim[:-1], rim[1:], rim[:-1]], axis=1)
    return np.concatenate([corners.reshape(-1, 3), facing.reshape(-1, 3)], axis=1)
