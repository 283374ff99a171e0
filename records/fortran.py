"""Columns of numbers as Fortran wrote them: fixed widths, often with no blank between."""

import re
from dataclasses import dataclass

import numpy as np

from plumbline.records.arrays import Floats
from plumbline.records.textlines import TextLines

DESCRIPTOR = re.compile(r"(\d*)\s*[IFEDG]\s*(\d+)(?:\.(\d+))?", re.IGNORECASE)
BLANK_SIGN = re.compile(r"([EeDd]) (\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How many fields a line has, how wide they are, how many figures follow the point."""

    per_line: int
    width: int
    decimals: int = 0

    @classmethod
    def stated(cls, text: str) -> "Layout | None":
        """Return the layout of a format such as ``(8F10.5)``, or None if there is none."""
        match = DESCRIPTOR.search(text)
        if match is None:
            return None
        return cls(per_line=int(match[1] or 1), width=int(match[2]), decimals=int(match[3] or 0))

    def lines(self, count: int) -> int:
        """Return how many lines ``count`` fields take."""
        return -(-count // self.per_line)


def number(field: str) -> float:
    """Return the value of one field; ``.100E 01`` and ``1.0D+02`` are numbers too.

    Raises
    ------
    ValueError
        If it is not a number.
    """
    return float(BLANK_SIGN.sub(r"\1+\2", field).replace("D", "E").replace("d", "e"))


def take_numbers(lines: TextLines, count: int, layout: Layout, what: str) -> Floats:
    """Read the next ``count`` numbers.

    Raises
    ------
    DamagedRecord
        If a field is no number or the file ends early; it names the line.

    Notes
    -----
    Lines are cut at the stated widths. A file whose blanks do not follow its own format is
    read by its blanks, if that gives exactly the count of numbers.
    """
    first = lines.at
    rows = lines.take(layout.lines(count), what)
    width, span = layout.width, layout.width * layout.per_line
    fields = [row[i : i + width] for row in rows for i in range(0, min(len(row), span), width)]
    fields = fields[:count] if len(fields) >= count else [f for f in fields if f.strip()]
    try:
        if len(fields) == count:
            return np.array(fields, dtype=np.float64)
    except ValueError:
        pass
    parts = " ".join(rows).split()
    try:
        if len(parts) == count:
            return np.array(parts, dtype=np.float64)
    except ValueError:
        pass
    return _slowly(lines, rows, first, count, layout, what)


def _slowly(
    lines: TextLines, rows: list[str], first: int, count: int, layout: Layout, what: str
) -> Floats:
    """Read field by field: unusual exponents, and the line to complain about."""
    out: list[float] = []
    for offset, row in enumerate(rows):
        for i in range(0, layout.width * layout.per_line, layout.width):
            field = row[i : i + layout.width]
            if len(out) == count or not field.strip():
                break
            try:
                out.append(number(field))
            except ValueError:
                lines.damaged(f"{what}: {field.strip()!r} is not a number", first + offset)
    if len(out) < count:
        lines.damaged(f"{what}: {len(out)} numbers where the header says {count}")
    return np.array(out)
