"""Footage behind a URL that fsspec opens: s3, gcs, http and what else it knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from kneedrive_cv.errors import ConfigError, VideoError

_CHECKSUMS: Final = ("size", "ETag", "Content-MD5", "Digest", "Last-Modified")
"""What a store says of a file's content: fsspec's own key of a web address never changes."""


def is_url(folder: str | Path) -> bool:
    """Whether a folder is named by a URL such as ``s3://bucket/monday``."""
    return "://" in str(folder)


def list_files(url: str) -> Iterator[tuple[str, str]]:
    """All files under a folder: the path inside it, and the address of each.

    Raises
    ------
    ConfigError
        It cannot be opened or listed.
    """
    fs, root = _open(url)
    try:
        names = fs.find(root)
    except Exception as error:  # each kind of store has errors of its own
        raise ConfigError(f"cannot be listed ({_said(error)})", where=url) from error
    for name in names:
        path = name[len(root.rstrip("/")) + 1 :]
        yield unquote(path) if _is_web(fs) else path, fs.unstrip_protocol(name)


def fingerprint(address: str) -> str:
    """What changes when the content of a file does, as the store tells it without reading it.

    Raises
    ------
    VideoError
        The store does not answer.
    """
    fs, path = _open(address)
    try:
        said = fs.info(path)
        known = " ".join(f"{name}={said[name]}" for name in _CHECKSUMS if said.get(name))
        return f"ukey:{fs.ukey(path)} {known}"
    except Exception as error:  # each kind of store has errors of its own
        raise VideoError(f"cannot be read ({_said(error)})", where=address) from error


def fetch(address: str, target: Path) -> None:
    """Copy a file to this machine.

    Raises
    ------
    OSError
        It cannot be fetched: perhaps only now.
    """
    fs, path = _open(address)
    try:
        fs.get_file(path, str(target))
    except Exception as error:  # each kind of store has errors of its own
        raise OSError(f"cannot be fetched from {address} ({_said(error)})") from error


def _open(url: str) -> tuple[Any, str]:
    """The fsspec file system of a URL and the path in it.

    Raises
    ------
    ConfigError
        fsspec, or what it needs for this kind of URL, is missing.
    """
    if "::" in url:
        raise ConfigError(
            "is a chain of addresses, which is not supported", where=url, fix="Name one folder."
        )
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise ConfigError(
            "fsspec is missing", where=url, fix="Install it: pip install 'kneedrive[cluster]'."
        ) from error
    try:
        fs, path = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise ConfigError(f"cannot be opened ({error})", where=url) from error
    return fs, str(path)


def _is_web(fs: Any) -> bool:
    """Whether paths are written as in web addresses, with %20 for a space."""
    return "http" in fs.protocol


def _said(error: Exception) -> str:
    """One line of what a store complains of."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__
