"""Teach the network that tells the turn of the pelvis, and measure it.

    python -m validation.turn.network front.npz [more.npz ...] [--clips DIR] [--rounds 24]
        [--start OLD.pt] [--out pelvis_front.pt] [--onnx pelvis_front.onnx]

It is shown where points of the pelvis lie in windows that `validation.turn.collect --windows`
renders, and the turn they tell about the mean of their stride, since the camera's angle is not
known. How sure it is of each window it learns from how likely the true turns are by what it says
(about a pelvis of which nothing is known but how far one turns), and from the wave of the stride
that is fitted with those weights. Then it is measured as `validation.turn.fit` does: on bodies
that were left out, and on the clips of `validation.pelvis`. Extra ``[turn]``; 110 s a round of
2,929 strides on one core.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from kneedrive_cv.pose.pelvis import (
    CELL_PX,
    EVEN,
    MIRRORED,
    MOST_SURE,
    PLACES,
    POINTS,
    RESIDUAL_DEG,
    SURE_TIMES,
    USUAL_ERROR_DEG,
    WINDOW_PX,
    PelvisNetwork,
)
from validation.common import print_table
from validation.pelvis import read_all
from validation.turn.fit import Example, harmonic, judged, seen_in

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]

CHANNELS: Final = (24, 48, 64)
WIDER: Final = (2, 4, 2, 1)
"""How far apart the pixels are that the layers after the last halving see."""

STRIDES_A_STEP: Final = 4
"""With 16 it learned four times as slowly."""

RATE: Final = 2e-3
PLACE_PX: Final = 5.0
"""A map is to show a point as a hill so wide."""

WEIGHTS: Final = (0.3, 1.0, 0.5, 1.0)
"""Of the maps, of the points in pixels, of how unlikely the turns are that were there, and of the
stride's wave in tens of degrees, squared."""

USUAL_TURN_DEG: Final = 12.2
"""How far a pelvis is turned that nothing is seen of, root mean square."""

MOST_OFF_DEG: Final = 30.0
"""A wave that is further off counts no more."""

COLOUR: Final = (0.12, 0.05, 0.2)
"""How far colours are mixed, shifted and bent (a power) when a stride is learned."""

ASTRAY: Final = (0.035, 0.06, 0.06)
"""And how far a window is turned (radians), scaled, and moved (in halves of its side)."""

EVERY: Final = 10
"""One body of so many is left out."""


@dataclass(frozen=True)
class Strides:
    """Strides as `validation.turn.collect` saves them."""

    windows: Image
    points: FloatArray
    turn_deg: FloatArray
    phase: FloatArray
    body: NDArray[np.str_]
    view: str

    def only(self, rows: NDArray[Any]) -> Strides:
        """Some of them."""
        parts = (self.windows, self.points, self.turn_deg, self.phase, self.body)
        return Strides(*(part[rows] for part in parts), self.view)


def read(paths: Sequence[Path]) -> Strides:
    """The strides of some training sets of one view."""
    files = [dict(np.load(path)) for path in paths]
    names = ("windows", "points", "turn_deg", "phase", "body")
    parts = [np.concatenate([file[name] for file in files]) for name in names]
    return Strides(*parts, str(files[0]["view"][0]))


class Network(nn.Module):
    """Two halvings, then layers that see further and further, and a map a point."""

    def __init__(self) -> None:
        """Untaught."""
        super().__init__()
        first, second, rest = CHANNELS
        layers = [*_layer(3, first), nn.MaxPool2d(2), *_layer(first, second), nn.MaxPool2d(2)]
        layers += _layer(second, rest)
        for apart in WIDER:
            layers += _layer(rest, rest, apart)
        self.trunk = nn.Sequential(*layers, nn.Conv2d(rest, rest, 1), nn.ReLU())
        self.where = nn.Conv2d(rest, len(POINTS) + 1, 1)
        self.beside = nn.Conv2d(rest, 2 * len(POINTS) + 1, 1)
        self.sure = nn.Conv2d(rest, 1, 1)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Maps as `kneedrive_cv.pose.pelvis.read_maps` reads them, of pictures (N, 3, H, W)."""
        seen = self.trunk(pictures)
        return torch.cat([self.where(seen), self.beside(seen), self.sure(seen)], dim=1)


def _layer(before: int, after: int, apart: int = 1) -> list[nn.Module]:
    convolution = nn.Conv2d(before, after, 3, padding=apart, dilation=apart)
    return [convolution, nn.GroupNorm(8, after), nn.ReLU()]


@dataclass(frozen=True)
class _Told:
    """What `read_maps` reads, to be differentiated, and the maps' logarithms (N, K, C)."""

    points: torch.Tensor
    rest_deg: torch.Tensor
    weight: torch.Tensor
    where: torch.Tensor


def _read(maps: torch.Tensor) -> _Told:
    """As `read_maps`. Written twice, since this one is differentiated; a test holds them alike."""
    count, columns = len(POINTS), maps.shape[-1]
    flat = maps.flatten(2)
    told = flat[:, : count + 1].log_softmax(dim=2)
    where = told.exp()
    beside = CELL_PX * flat[:, count + 1 : -2].unflatten(1, (count, 2))
    points = (where[:, :count, None] * (_cells(columns) + beside)).sum(dim=3)
    rest_deg = RESIDUAL_DEG * (where[:, count] * flat[:, -2]).sum(dim=1)
    sure = (SURE_TIMES * flat[:, -1].mean(dim=1)).clamp(*MOST_SURE)
    return _Told(points, rest_deg, sure.exp() / USUAL_ERROR_DEG**2, told[:, :count])


def _cells(columns: int) -> torch.Tensor:
    """Middles of the cells, window pixels, shape (2, C)."""
    along = CELL_PX * (torch.arange(columns) + 0.5)
    return torch.stack([along.repeat(columns), along.repeat_interleave(columns)])


def _turn_of(points: torch.Tensor) -> torch.Tensor:
    """As `kneedrive_cv.pose.pelvis.turn_of`, to be differentiated."""
    places = torch.tensor(PLACES, dtype=torch.float32)
    along = points[..., 0]
    pairs = [(0, 4, 0), (1, 5, 0), (2, 3, 1), (6, 7, 1)]
    apart = [
        (along[..., a] - along[..., b]) / (places[a, axis] - places[b, axis])
        for a, b, axis in pairs
    ]
    across = ((apart[2] + apart[3]) / 2).abs().clamp(min=1e-3)
    return torch.rad2deg(torch.atan2((apart[0] + apart[1]) / 2, across))


def learn(
    net: Network, strides: Strides, *, rounds: int, rate: float = RATE, seed: int = 0
) -> None:
    """Show each stride so many times, each time a little otherwise."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    steps = len(strides.body) // STRIDES_A_STEP
    by = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=1e-3)
    plan = torch.optim.lr_scheduler.OneCycleLR(
        by, rate, total_steps=rounds * steps + 1, pct_start=0.1
    )
    net.to(memory_format=torch.channels_last)
    for number in range(rounds):
        net.train()
        order, errors = rng.permutation(len(strides.body)), []
        for rows in np.array_split(order[: steps * STRIDES_A_STEP], steps):
            some = strides.only(rows)
            pictures, true = changed(some, rng)
            told = _read(net(_even(pictures)))
            wave = _wave_error(told, true, _tensor(some.phase))
            maps, pixels, unlikely, waves = WEIGHTS
            error = (
                maps * _map_error(told, true.flatten(0, 1))
                + pixels * functional.smooth_l1_loss(told.points, true.flatten(0, 1))
                + unlikely * _unlikely(told, true)
                + waves * wave.clamp(max=MOST_OFF_DEG**2).mean() / 100
            )
            by.zero_grad()
            error.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            by.step()
            plan.step()
            errors.append(wave.mean().item())
        off_deg = np.mean(errors) ** 0.5
        print(f"round {number + 1} of {rounds}: {off_deg:.1f} degrees RMS", flush=True)


def _map_error(told: _Told, true: torch.Tensor) -> torch.Tensor:
    """How far the maps are from hills about the points (N, K, 2)."""
    off = (_cells(WINDOW_PX // CELL_PX) - true[..., None]).square().sum(dim=2)
    hill = torch.softmax(-off / (2 * PLACE_PX**2), dim=2)
    return (hill * ((hill + 1e-9).log() - told.where)).sum(dim=2).mean()


def _turns(told: _Told, frames: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Turn and its weight, by stride and frame."""
    turn = _turn_of(told.points) + told.rest_deg
    return turn.unflatten(0, (-1, frames)), told.weight.unflatten(0, (-1, frames))


def _unlikely(told: _Told, true: torch.Tensor) -> torch.Tensor:
    """Logarithm of how unlikely the true turns are, about the mean of their stride."""
    turn, weight = _turns(told, true.shape[1])
    turned = _turn_of(true)
    share = (weight / weight.sum(1, keepdim=True)).detach()
    turn = turn - (share * turn).sum(1, keepdim=True)
    turned = turned - (share * turned).sum(1, keepdim=True)
    both = weight + 1 / USUAL_TURN_DEG**2
    off = turned - turn * weight / both
    return (off.square() * both - both.log()).mean() / 2


def _wave_error(told: _Told, true: torch.Tensor, phase: torch.Tensor) -> torch.Tensor:
    """Square of how far the wave of each stride is off, degrees."""
    turn, weight = _turns(told, true.shape[1])
    turned = _turn_of(true)
    off = _wave(turn, weight, phase) - _wave(turned, torch.ones_like(turned), phase)
    return off.square().sum(dim=1)


def _wave(turn: torch.Tensor, weight: torch.Tensor, phase: torch.Tensor) -> torch.Tensor:
    """What goes with the stride, as cosine and sine, shape (S, 2)."""
    parts = torch.stack([torch.ones_like(phase), phase.cos(), phase.sin()], dim=2)
    left = torch.einsum("st,sti,stj->sij", weight, parts, parts) + 1e-4 * torch.eye(3)
    right = torch.einsum("st,st,sti->si", weight, turn, parts)
    return torch.linalg.solve(left, right)[:, 1:]


def _even(pictures: torch.Tensor) -> torch.Tensor:
    spread, mean = torch.std_mean(pictures, dim=(1, 2, 3), keepdim=True)
    even = (pictures - mean) / (spread + EVEN)
    return even.contiguous(memory_format=torch.channels_last)


def changed(strides: Strides, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Strides as other light, a pose a little astray and a mirror would show them.

    Returns
    -------
    pictures : tensor, shape (S * T, 3, WINDOW_PX, WINDOW_PX)
        From 0 to 1.
    points : tensor, shape (S, T, K, 2)
    """
    count, frames = strides.windows.shape[:2]
    mixed, shifted, bent = COLOUR
    mix = np.eye(3) + rng.normal(0, mixed, (count, 3, 3))
    pictures = torch.einsum("skc,sthwc->stkhw", _tensor(mix), _tensor(strides.windows) / 255)
    pictures = pictures + _tensor(rng.normal(0, shifted, (count, 1, 3, 1, 1)))
    power = np.exp(rng.normal(0, bent, (count, 1, 1, 1, 1)))
    pictures = pictures.clamp(min=1e-3) ** _tensor(power)
    angle, scale = rng.normal(0, ASTRAY[0], count), np.exp(rng.normal(0, ASTRAY[1], count))
    scale = scale * np.where(rng.random(count) < 0.5, -1, 1)  # -1: mirrored
    cos, sin = np.abs(scale) * np.cos(angle), np.abs(scale) * np.sin(angle)
    cos_x, sin_x = np.sign(scale) * cos, np.sign(scale) * sin
    moved = rng.normal(0, ASTRAY[2], (2, count))
    rows = np.array([[cos_x, -sin, moved[0]], [sin_x, cos, moved[1]]]).transpose(2, 0, 1)
    flat = pictures.flatten(0, 1)
    grid = functional.affine_grid(
        _tensor(rows).repeat_interleave(frames, 0), list(flat.shape), align_corners=False
    )
    seen = functional.grid_sample(flat, grid, padding_mode="border", align_corners=False)
    seen = seen + 0.02 * torch.randn_like(seen) * torch.rand(1)
    # a grid says where a pixel comes from; a point goes the other way
    back = np.linalg.inv(rows[:, :, :2])
    halves = strides.points / (WINDOW_PX / 2) - 1 - rows[:, None, None, :, 2]
    points = (np.einsum("sij,stkj->stki", back, halves) + 1) * WINDOW_PX / 2
    mirrored = points[:, :, list(MIRRORED)]
    points = np.where((scale < 0)[:, None, None, None], mirrored, points)
    return seen, _tensor(points)


def _tensor(values: NDArray[Any]) -> torch.Tensor:
    return torch.tensor(np.ascontiguousarray(values), dtype=torch.float32)


def write_onnx(net: Network, path: Path) -> None:
    """The network as OpenCV reads it, for a window and its mirror image."""
    net.eval()
    shown = torch.zeros(2, 3, WINDOW_PX, WINDOW_PX)
    torch.onnx.export(
        net, (shown,), str(path), input_names=["windows"], output_names=["maps"],
        opset_version=17, dynamo=False,
    )  # fmt: skip


def tell(network: PelvisNetwork, windows: Image, phase: FloatArray) -> float:
    """Amplitude of the turn in the windows of a stride or more, degrees."""
    turn_deg, _, weight = network(windows)
    return float(harmonic(turn_deg[:, None], phase, weight)[0])


def measure(onnx: Path, rest: Strides, learned: int, folder: Path | None) -> None:
    """Print what the network tells of the strides that were left out, and of clips."""
    network = PelvisNetwork(onnx, rest.view)
    known = [
        Example({}, float(harmonic(turn[:, None], phase)[0]), str(body))
        for turn, phase, body in zip(rest.turn_deg, rest.phase, rest.body, strict=True)
    ]
    told = [tell(network, w, p) for w, p in zip(rest.windows, rest.phase, strict=True)]
    start = (rest.view, "network")
    rows = [[*start, "other bodies", learned, len(known), *judged(np.array(told), known)]]
    if folder:
        clips = [seen_in(clip) for clip in read_all(folder, rest.view)]
        told = [tell(network, c.windows, c.phase) for c in clips]
        known = [Example({}, float(harmonic(c.turn_deg[:, None], c.phase)[0]), "") for c in clips]
        rows.append([*start, "clips", learned, len(clips), *judged(np.array(told), known)])
    head = ("view", "from", "measured on", "strides learned", "number", "correlation", "slope",
            "MAE", "MAE, a line fitted", "MAE of a constant")  # fmt: skip
    print_table(head, rows)


def main() -> None:
    """Teach it, save it, and print what was reached."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sets", nargs="+", type=Path, help="of one view")
    parser.add_argument("--clips", type=Path, help="folder of clips from validation.pelvis")
    parser.add_argument("--rounds", type=int, default=24)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--start", type=Path, help="weights to go on from, as --out writes them")
    parser.add_argument("--out", type=Path, default=Path("pelvis.pt"))
    parser.add_argument("--onnx", type=Path, default=Path("pelvis.onnx"))
    arguments = parser.parse_args()
    strides = read(arguments.sets)
    out = np.isin(strides.body, np.unique(strides.body)[::EVERY])
    net = Network()
    if arguments.start:
        net.load_state_dict(torch.load(arguments.start))
    learn(net, strides.only(~out), rounds=arguments.rounds, rate=arguments.rate)
    torch.save(net.state_dict(), arguments.out)
    write_onnx(net, arguments.onnx)
    measure(arguments.onnx, strides.only(out), int((~out).sum()), arguments.clips)


if __name__ == "__main__":
    main()
