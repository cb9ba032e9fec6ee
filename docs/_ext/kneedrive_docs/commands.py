"""The command line in words, read from the functions that typer makes it of.

Typer's own command objects have changed from release to release; the functions' parameters, and
what `typer.Option` says of them, have not.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from kneedrive_docs.tables import table


@dataclass(frozen=True)
class Parameter:
    """A parameter of a command.

    Attributes
    ----------
    words : str
        As it is typed: ``--capture-fps``, or ``CLIP`` for an argument.
    is_option : bool
    required : bool
    kind : str
        What value it takes; empty for a switch.
    default : str
    help : str
    """

    words: str
    is_option: bool
    required: bool
    kind: str
    default: str
    help: str


def commands() -> dict[str, Any]:
    """The functions behind the commands, by name."""
    from kneedrive_cv.cli import app

    return {
        (each.name or each.callback.__name__): each.callback
        for each in app.registered_commands
        if each.callback is not None and not each.hidden
    }


def parameters(command: Any) -> Iterator[Parameter]:
    """The parameters of a command, in order."""
    hints = get_type_hints(command, include_extras=True)
    for name, parameter in inspect.signature(command).parameters.items():
        kind, said = get_args(hints[name])
        is_option = type(said).__name__ == "OptionInfo"
        # typer takes what stands first in the brackets for the default, until it is used
        first = (said.default,) if isinstance(said.default, str) else ()
        named = ", ".join((*first, *(said.param_decls or ()))) or f"--{name.replace('_', '-')}"
        required = parameter.default is inspect.Parameter.empty
        yield Parameter(
            words=named if is_option else _argument(name, kind, required),
            is_option=is_option,
            required=required,
            kind=_value(kind),
            default=_default(parameter.default, required),
            help=said.help or "",
        )


def _argument(name: str, kind: Any, required: bool) -> str:
    word = name.upper() + ("..." if get_origin(kind) is list else "")
    return word if required else f"[{word}]"


def _value(kind: Any) -> str:
    """What a parameter of a type takes."""
    if get_origin(kind) in (Union, UnionType):
        return ", ".join(_value(each) for each in get_args(kind) if each is not NoneType)
    if get_origin(kind) is list:
        return f"{_value(get_args(kind)[0])}, may be repeated"
    if get_origin(kind) is Literal:
        return ", ".join(get_args(kind))
    words = {"Path": "path", "str": "text", "float": "number", "int": "whole number", "bool": ""}
    return words.get(kind.__name__, kind.__name__.replace("datetime", "date, YYYY-MM-DD"))


def _default(default: Any, required: bool) -> str:
    if required:
        return "must be given"
    return "" if default is None or default is False or default == "" else f"`{default}`"


def describe_commands(_: str) -> str:
    """Every command with its parameters."""
    return "\n\n".join(_describe(name, command) for name, command in commands().items())


def _describe(name: str, command: Any) -> str:
    known = list(parameters(command))
    usage = " ".join(["kneedrive", name, *(p.words for p in known if not p.is_option)])
    rows = [(f"`{p.words}`", p.kind, p.help, p.default) for p in known]
    body = table(("parameter", "value", "meaning", "default"), rows) if rows else ""
    options = " [OPTIONS]" if any(p.is_option for p in known) else ""
    return f"## {name}\n\n{inspect.getdoc(command)}\n\n    {usage}{options}\n\n{body}"
