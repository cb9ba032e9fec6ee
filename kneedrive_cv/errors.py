"""What can go wrong, said once: what happened, where, and what to do about it."""

from __future__ import annotations


class KneedriveError(Exception):
    """Base of every error that the package raises on purpose.

    Parameters
    ----------
    what : str
        What is wrong, in one sentence without the final full stop.
    where : str, optional
        The file, setting or stage it concerns.
    fix : str, optional
        What the user can do about it.

    Attributes
    ----------
    exit_code : int
        The exit code of the command line for this kind of error.
    """

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        self.what = what
        self.where = where
        self.fix = fix
        super().__init__(str(self))

    def __str__(self) -> str:
        first = f"{self.where}: {self.what}" if self.where else self.what
        return f"{first}. {self.fix}" if self.fix else f"{first}."


class VideoError(KneedriveError):
    """The clip cannot be opened or decoded."""


class ConfigError(KneedriveError):
    """A setting or an argument is wrong."""


class ModelError(KneedriveError):
    """A model file is missing or damaged."""


class OutputError(KneedriveError):
    """The output cannot be written."""


class UngradableError(KneedriveError):
    """The clip can be read, but a sprint cannot be graded from it."""

    exit_code = 3


class AthleteError(UngradableError):
    """No athlete was found, or the athlete is too small."""


class PoseError(UngradableError):
    """The pose could not be found in enough frames."""


class PoseFileError(KneedriveError):
    """A pose file of another program cannot be read."""
