"""Cells that are no number, and rows that are missing: refused, or taken for gaps."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import numpy as np

from plumbline.records.arrays import Floats
from plumbline.records.tables.errors import TableError
from plumbline.records.tables.motion_times import time_gaps
from plumbline.records.tables.numbers import CODES, FULL_SCALE, without_codes

NO_READING = tuple(code for code in CODES if code not in FULL_SCALE)
"""A record at the end of its counts is clipped, or has a spike: no hole."""


class Holes(StrEnum):
    """What to do with them."""

    REFUSED = "refused"
    """A mode, a drift or a peak from a column with a hole would be wrong: say where it is."""

    PARTED = "parted"
    """Each part without a hole is a record of its own, with the time it begins."""

    FILLED = "filled"
    """The column is not wanted: zeros will do until it is left out."""


def parts_of(
    path: Path, name: str, column: Floats, time_s: Floats | None, rate_hz: float, holes: Holes
) -> Iterator[tuple[float | None, Floats]]:
    """Yield the parts of a column, each with when it begins; None where there is one part. [s]

    Raises
    ------
    TableError
        If it has holes and they are refused, or holds no number at all.
    """
    column, codes = without_codes(column, NO_READING)
    good = np.isfinite(column)
    if not good.any() and holes is not Holes.FILLED:
        raise TableError(f"{path}: column {name} holds no number; leave it out with --exclude")
    if holes is Holes.FILLED:
        yield None, np.where(good, column, 0.0)
        return
    if not good.all() and holes is Holes.REFUSED:
        bad = np.flatnonzero(~good)
        where = f"first in row {bad[0] + 1} ({bad[0] / rate_hz:g} s)"
        said = f" ({', '.join(f'{code:g}' for code in codes)} for none)" if codes else ""
        raise TableError(
            f"{path}: column {name} is no number{said} in {bad.size} of {column.size} rows, "
            f"{where}; cut the file there, or --exclude {name}"
        )
    leaps = time_gaps(time_s) if time_s is not None and holes is Holes.PARTED else np.zeros(0, int)
    if good.all() and leaps.size == 0:
        yield None, np.ascontiguousarray(column)
        return
    begins = np.unique(np.concatenate([[0], leaps, np.flatnonzero(np.diff(good)) + 1]))
    ends = np.append(begins[1:], column.size)
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        if good[begin]:
            counted_s = begin / rate_hz
            start_s = counted_s if time_s is None else float(time_s[begin] - time_s[0])
            yield start_s, np.ascontiguousarray(column[begin:end])
