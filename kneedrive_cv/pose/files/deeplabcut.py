"""DeepLabCut: CSV and H5."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.extras import need
from kneedrive_cv.pose.files.found import FloatArray, Found, unreadable

Frames = NDArray[np.int64]
Column = tuple[str, str, str]
"""Individual, body part, and which of x, y and likelihood."""


def read_csv(path: Path) -> Found:
    """A CSV file of DeepLabCut or Lightning Pose, of one animal or several."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = [row for row in csv.reader(file) if row]
        head = {row[0]: row[1:] for row in rows[:4] if not _is_number(row[0])}
        body = rows[len(head) :]
        parts, coords = head["bodyparts"], head["coords"]
        people = head.get("individuals", [""] * len(parts))
        frame = np.array([int(float(row[0])) for row in body], dtype=np.int64)
        table = np.array([[float(x or "nan") for x in row[1:]] for row in body])
    except OSError as error:
        raise unreadable(path, "cannot be read", error) from error
    except (KeyError, ValueError, IndexError, csv.Error) as error:
        raise unreadable(path, "is no CSV file of DeepLabCut", error) from error
    return _found(path, list(zip(people, parts, coords, strict=True)), table, frame)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def read_h5(path: Path) -> Found:
    """An H5 file of DeepLabCut, which is a table of pandas.

    Its column names are pickled, so read such files only from people you trust.
    """
    pandas = need("pandas", extra="poses", what="A DeepLabCut H5 file")
    need("tables", extra="poses", what="A DeepLabCut H5 file")
    try:
        data = pandas.read_hdf(path)
        levels = list(data.columns.names)
        columns = [
            (
                str(each[levels.index("individuals")]) if "individuals" in levels else "",
                str(each[levels.index("bodyparts")]),
                str(each[levels.index("coords")]),
            )
            for each in data.columns
        ]
        table = data.to_numpy(dtype=float)
        frame = np.array([int(i) for i in data.index], dtype=np.int64)
    except (OSError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise unreadable(path, "is no H5 file of DeepLabCut", error) from error
    return _found(path, columns, table, frame)


def _found(path: Path, columns: list[Column], table: FloatArray, frame: Frames) -> Found:
    people = list(dict.fromkeys(person for person, _, _ in columns))
    parts = list(dict.fromkeys(part for _, part, _ in columns))
    place = {column: i for i, column in enumerate(columns)}
    if not len(table):
        raise unreadable(path, "holds no frame")

    def read(coord: str) -> FloatArray:
        """One coordinate of every landmark, missing ones NaN."""
        missing = np.full(len(table), np.nan)
        return np.stack(
            [
                np.stack(
                    [
                        table[:, place[person, part, coord]]
                        if (person, part, coord) in place
                        else missing
                        for part in parts
                    ],
                    axis=-1,
                )
                for person in people
            ],
            axis=1,
        )

    return Found(
        source="DeepLabCut",
        names=tuple(parts),
        points=np.stack([read("x"), read("y")], axis=-1),
        confidence=read("likelihood"),
        frame=frame,
    )
