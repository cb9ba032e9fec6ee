"""The shared libraries of the operating system that OpenCV and MediaPipe load.

Their wheels bring everything but these, and a bare machine or container may lack them.
``python -m kneedrive_cv.system`` says what is missing, with ``--packages`` as a bare list; it needs
nothing but Python, so it runs before the project is installed.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable, Mapping

from kneedrive_cv.errors import KneedriveError

LIBRARIES: dict[str, str] = {
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb.so.1": "libxcb1",
    "libEGL.so.1": "libegl1",
    "libGLESv2.so.2": "libgles2",
}
"""Shared library -> the package of Debian and Ubuntu that holds it."""


def missing_libraries(libraries: Iterable[str] = LIBRARIES) -> list[str]:
    """The libraries that cannot be loaded; none on systems other than Linux.

    Parameters
    ----------
    libraries : iterable of str
        Names of shared libraries; by default all that are needed.

    Returns
    -------
    list of str
        Those of them that the loader does not find.
    """
    if not sys.platform.startswith("linux"):
        return []
    return [name for name in libraries if not _loads(name)]


def require_libraries(libraries: Mapping[str, str] = LIBRARIES) -> None:
    """Raise an error that names the packages to install, if a library is missing.

    Parameters
    ----------
    libraries : mapping of str to str
        Shared library -> Debian package.

    Raises
    ------
    KneedriveError
        At least one library cannot be loaded.
    """
    missing = missing_libraries(libraries)
    if missing:
        packages = " ".join(_packages(libraries[name] for name in missing))
        raise KneedriveError(
            f"system libraries that OpenCV and MediaPipe need are missing: {', '.join(missing)}",
            fix=f"On Debian or Ubuntu: sudo apt-get install {packages}",
        )


def main(arguments: list[str]) -> int:
    """Say what is missing; the exit code is 0 if nothing is, else 2."""
    if "--packages" in arguments:
        names = _packages(LIBRARIES[name] for name in missing_libraries())
        sys.stdout.write("".join(f"{name}\n" for name in names))
        return 0
    try:
        require_libraries()
    except KneedriveError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _packages(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
