"""Libraries that come with an extra: imported where they are used, with a clear word if missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from kneedrive_cv.errors import ConfigError


def need(module: str, *, extra: str, what: str) -> Any:
    """Import a library that an extra brings.

    Parameters
    ----------
    module : str
        Its import name.
    extra : str
        The extra of this package that brings it.
    what : str
        What it is needed for, to complete "... needs".

    Raises
    ------
    ConfigError
        It is not installed.

    Examples
    --------
    >>> need("no_such_library", extra="export", what="A C3D file")
    Traceback (most recent call last):
    ...
    kneedrive_cv.errors.ConfigError: A C3D file needs no_such_library, which is not installed. \
Install it: pip install 'kneedrive[export]'.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"{what} needs {module.split('.')[0]}, which is not installed",
            fix=f"Install it: pip install 'kneedrive[{extra}]'.",
        ) from error
