"""Public names of a package that are imported when they are first used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazily(
    package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` of a package whose import must cost next to nothing.

    Parameters
    ----------
    package : str
        Its name.
    homes : mapping of str to str
        Public name -> the module that it is defined in; a module itself has its own path.
    """

    def get(name: str) -> Any:
        """The package's ``__getattr__``."""
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(homes[name])
        return module if homes[name] == f"{package}.{name}" else getattr(module, name)

    def names() -> list[str]:
        """The package's ``__dir__``."""
        return sorted(homes)

    return get, names
