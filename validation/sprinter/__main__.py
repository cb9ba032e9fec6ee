"""Command line of the generator: ``python -m validation.sprinter OUT.mp4 [settings]``."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from pydantic import BaseModel, ValidationError

from validation.sprinter.clip import write_clip
from validation.sprinter.leg import Unreachable
from validation.sprinter.parameters import ClipParameters, read_parameters


def main(arguments: list[str] | None = None) -> int:
    """Render one clip; 0 when done, 2 where what is asked cannot be."""
    parser = argparse.ArgumentParser(
        prog="python -m validation.sprinter",
        description="Render a sprint whose every angle and event is known.",
        epilog="See validation/sprinter/README.md; --list prints every parameter.",
    )
    parser.add_argument("out", nargs="?", type=Path, help="the clip, .mp4; truth goes to .json")
    parser.add_argument("--settings", type=Path, help="a TOML file")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="one parameter, such as technique.left.peak_thigh_deg=60; may be repeated",
    )
    parser.add_argument("--list", action="store_true", help="print all parameters and stop")
    asked = parser.parse_args(arguments)
    if asked.list:
        _print_parameters(ClipParameters)
        return 0
    if asked.out is None:
        parser.error("name the clip to write, such as out.mp4")
    return _render(asked)


def _render(asked: argparse.Namespace) -> int:
    try:
        parameters = read_parameters(asked.settings, asked.set)
        start = time.perf_counter()
        truth = write_clip(parameters, asked.out)
    except ValidationError as error:
        for each in error.errors():
            print(f"{'.'.join(map(str, each['loc']))}: {each['msg']}", file=sys.stderr)
        return 2
    except Unreachable as error:
        print(error, file=sys.stderr)
        return 2
    frames, spent = truth["frames"], time.perf_counter() - start
    size = asked.out.stat().st_size / 1024
    print(f"{asked.out}: {frames} frames, {spent / frames:.2f} s each, {size:.0f} KiB")
    return 0


def _print_parameters(model: type[BaseModel], prefix: str = "") -> None:
    """Every parameter with its default, its range and what it is."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            _print_parameters(kind, f"{prefix}{name}.")
            continue
        limits = field.metadata
        words = ", ".join(str(limit) for limit in limits) if limits else str(kind)
        print(f"{prefix}{name} = {json.dumps(field.default)}  # {words} {field.description or ''}")


if __name__ == "__main__":
    sys.exit(main())
