"""How far a small convolutional network tells the turn of the pelvis from the picture.

    python -m validation.turn.network front.npz [more.npz ...] [--clips DIR] [--epochs 12]

It sees one window at a time. What it says of a window's mirror image is subtracted, so that only
what is unlike between left and right counts; without that it learns nothing. Of a stride its
answers about their mean are compared with the truth's, since the camera's angle is not known. Then
they are measured as `validation.turn.fit` does: on bodies that were left out, and on the clips of
`validation.pelvis`. Extra ``[turn]``; a minute a round and 1,200 strides on one core.
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

from validation.common import print_table
from validation.pelvis import read_all
from validation.turn.fit import Example, as_front, harmonic, judged, seen_in
from validation.turn.window import WINDOW_PX

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]

CHANNELS: Final = (24, 48, 64, 96)
HIDDEN: Final = 64
STRIDES_A_STEP: Final = 16
RATE: Final = 1e-3
TENS: Final = 10.0
"""The network answers in tens of degrees."""

COLOUR: Final = (0.12, 0.05, 0.2)
"""How far colours are mixed, shifted and bent (a power) when a stride is learned."""

ASTRAY: Final = (0.026, 0.04, 0.035)
"""And how far a window is turned (radians), scaled, and moved (in halves of its side)."""

EVERY: Final = 5
"""One body of so many is left out."""


@dataclass(frozen=True)
class Strides:
    """Strides as `validation.turn.collect` saves them; the rear is taken as the front's mirror."""

    windows: Image
    turn_deg: FloatArray
    phase: FloatArray
    body: NDArray[np.str_]
    view: str

    def only(self, rows: NDArray[Any]) -> Strides:
        """Some of them."""
        return Strides(
            self.windows[rows], self.turn_deg[rows], self.phase[rows], self.body[rows], self.view
        )


def read(paths: Sequence[Path]) -> Strides:
    """The strides of some training sets of one view."""
    files = [dict(np.load(path)) for path in paths]
    windows, turn_deg, phase, body = (
        np.concatenate([file[name] for file in files])
        for name in ("windows", "turn_deg", "phase", "body")
    )
    view = str(files[0]["view"][0])
    return Strides(as_front(windows, view), turn_deg, phase, body, view)


def network() -> nn.Module:
    """Four layers of 3 x 3, each normed and halved, and two that are full."""
    layers: list[nn.Module] = []
    for before, after in zip((3, *CHANNELS), CHANNELS, strict=False):
        layers += [nn.Conv2d(before, after, 3, padding=1), nn.GroupNorm(8, after), nn.ReLU()]
        layers.append(nn.MaxPool2d(2))
    cells = (WINDOW_PX // 2 ** len(CHANNELS)) ** 2 * CHANNELS[-1]
    full = [nn.Flatten(), nn.Dropout(0.1), nn.Linear(cells, HIDDEN), nn.ReLU()]
    made: nn.Module = nn.Sequential(*layers, *full, nn.Linear(HIDDEN, 1))
    return made.to(memory_format=torch.channels_last)


def turns(net: nn.Module, pictures: torch.Tensor) -> torch.Tensor:
    """Tens of degrees, of pictures (N, 3, WINDOW_PX, WINDOW_PX) from 0 to 1."""
    spread, mean = torch.std_mean(pictures, dim=(1, 2, 3), keepdim=True)
    even = ((pictures - mean) / (spread + 0.05)).contiguous(memory_format=torch.channels_last)
    told: torch.Tensor = net(even) - net(even.flip(-1))
    return told[:, 0]


def learn(strides: Strides, *, epochs: int, seed: int = 0) -> nn.Module:
    """A network that has seen each stride so many times, each time a little otherwise."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = network()
    steps = len(strides.body) // STRIDES_A_STEP
    by = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=1e-3)
    plan = torch.optim.lr_scheduler.OneCycleLR(by, RATE, total_steps=epochs * steps + 1)
    for epoch in range(epochs):
        net.train()
        order, errors = rng.permutation(len(strides.body)), []
        for rows in np.array_split(order[: steps * STRIDES_A_STEP], steps):
            true = torch.tensor(strides.turn_deg[rows] / TENS, dtype=torch.float32)
            told = turns(net, changed(strides.windows[rows], rng)).reshape(true.shape)
            apart = (told - told.mean(1, keepdim=True)) - (true - true.mean(1, keepdim=True))
            error = (apart**2).mean()
            by.zero_grad()
            error.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            by.step()
            plan.step()
            errors.append(error.item())
        print(f"round {epoch + 1} of {epochs}: {TENS * np.mean(errors) ** 0.5:.1f} degrees RMS")
    return net


def changed(windows: Image, rng: np.random.Generator) -> torch.Tensor:
    """Windows (S, T, side, side, 3) as other light and a pose a little astray would show them."""
    strides, frames = windows.shape[:2]
    mixed, shifted, bent = COLOUR
    mix = np.eye(3) + rng.normal(0, mixed, (strides, 3, 3))
    pictures = torch.einsum("skc,sthwc->stkhw", _tensor(mix), _tensor(windows) / 255)
    pictures = pictures + _tensor(rng.normal(0, shifted, (strides, 1, 3, 1, 1)))
    power = np.exp(rng.normal(0, bent, (strides, 1, 1, 1, 1)))
    pictures = pictures.clamp(min=1e-3) ** _tensor(power)
    angle, scale = rng.normal(0, ASTRAY[0], strides), np.exp(rng.normal(0, ASTRAY[1], strides))
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    moved = rng.normal(0, ASTRAY[2], (2, strides))
    rows = np.array([[cos, -sin, moved[0]], [sin, cos, moved[1]]]).transpose(2, 0, 1)
    flat = pictures.reshape(-1, *pictures.shape[2:])
    grid = functional.affine_grid(
        _tensor(rows).repeat_interleave(frames, 0), list(flat.shape), align_corners=False
    )
    return functional.grid_sample(flat, grid, padding_mode="border", align_corners=False)


def _tensor(values: NDArray[Any]) -> torch.Tensor:
    return torch.tensor(np.ascontiguousarray(values), dtype=torch.float32)


@torch.no_grad()
def tell(net: nn.Module, windows: Image, phase: FloatArray) -> float:
    """Amplitude of the turn in the windows of a stride or more, degrees."""
    net.eval()
    told = TENS * turns(net, _tensor(windows).permute(0, 3, 1, 2) / 255).numpy()
    return float(harmonic(told[:, None].astype(float), phase)[0])


def main() -> None:
    """Print what was reached."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sets", nargs="+", type=Path, help="of one view")
    parser.add_argument("--clips", type=Path, help="folder of clips from validation.pelvis")
    parser.add_argument("--epochs", type=int, default=12)
    arguments = parser.parse_args()
    strides = read(arguments.sets)
    out = np.isin(strides.body, np.unique(strides.body)[::EVERY])
    net = learn(strides.only(~out), epochs=arguments.epochs)
    rest = strides.only(out)
    true = [harmonic(t[:, None], p)[0] for t, p in zip(rest.turn_deg, rest.phase, strict=True)]
    told = [tell(net, w, p) for w, p in zip(rest.windows, rest.phase, strict=True)]
    bodies = [Example({}, float(t), str(b)) for t, b in zip(true, rest.body, strict=True)]
    start = (strides.view, "network")
    learned = int((~out).sum())
    rows = [[*start, "other bodies", learned, len(bodies), *judged(np.array(told), bodies)]]
    if arguments.clips:
        clips = [seen_in(clip) for clip in read_all(arguments.clips, strides.view)]
        told = [tell(net, as_front(c.windows, strides.view), c.phase) for c in clips]
        known = [Example({}, float(harmonic(c.turn_deg[:, None], c.phase)[0]), "") for c in clips]
        rows.append([*start, "clips", learned, len(clips), *judged(np.array(told), known)])
    head = ("view", "from", "measured on", "strides learned", "number", "correlation", "slope",
            "MAE", "MAE, a line fitted", "MAE of a constant")  # fmt: skip
    print_table(head, rows)


if __name__ == "__main__":
    main()
