"""SMC, the text format of the USGS strong-motion programme: one component a file.

11 text lines, 48 integers, 50 reals, comment lines that begin with ``|``, then values 8 a line,
10 wide, with no blank between (``-1.5289E-2 2.1143E-2``).

Oddities
--------
- The first line says what the values are: 1 uncorrected or 2 corrected acceleration (cm/s2),
  3 velocity (cm/s), 4 displacement (cm); 5 are response spectra. Nothing else states a unit.
- -32768 and 1.7E+38 are "not known".
- Integer 16 is the number of comment lines, 17 that of values, 18 is 1 if something is wrong;
  13 is the dip from the vertical (0 is up), 14 the azimuth.
- The header has the minute of the earthquake, not the time of the first sample: the start time
  stays unknown.
- Newer files name the channel in a comment, ``<SCNL>1103.HN2.NP.4E``, and the place in another.
"""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plumbline.records.arrays import Floats
from plumbline.records.errors import NotATimeSeries
from plumbline.records.fortran import Layout, take_numbers
from plumbline.records.instant import rate_of
from plumbline.records.orientation import VERTICAL, Orientation, oriented, towards
from plumbline.records.record import Record, Unit
from plumbline.records.textlines import TextLines

KINDS: tuple[tuple[str, Unit, bool], ...] = (
    ("UNCORRECTED ACC", Unit.GAL, False),
    ("CORRECTED ACC", Unit.GAL, True),
    ("VELOCITY", Unit.CMS, True),
    ("DISPLACEMENT", Unit.CM, True),
)
"""Words of the first line, the unit they imply, whether the offset is gone."""

FIRST_LINE = re.compile(
    r"^\s*\d\s+(UNCORRECTED ACC|CORRECTED ACC|VELOCITY|DISPLACEMENT|RESPONSE|FOURIER)"
)
TEXT_LINES = 11
INTEGERS = Layout(per_line=8, width=10)
REALS = Layout(per_line=5, width=15)
VALUES = Layout(per_line=8, width=10)
UNKNOWN_INTEGER = -32768
UNKNOWN_REAL = 1e38
FASTEST_HZ = 1e5
"""Some files have nonsense above this for a rate. [Hz]"""

STATION = re.compile(r"station\s*=\s*(.*?)\s{2,}component\s*=\s*(\S*)", re.IGNORECASE)
SCNL = re.compile(r"<SCNL>\s*([^.\s]*)\.([^.\s]*)\.([^.\s]*)\.([^.\s<]*)")
PLACE = re.compile(r"<loclbl=?>=?(.*?)(?:<end>|$)", re.IGNORECASE)


def sniff(head: str, path: Path) -> bool:
    """Return whether the first line is that of an SMC file."""
    return bool(FIRST_LINE.match(head.partition("\n")[0].upper()))


def read(path: Path) -> list[Record]:
    """Read the one component of an SMC file.

    Raises
    ------
    DamagedRecord
        If a block is not as long as the header says.
    NotATimeSeries
        If the file holds spectra.
    """
    lines = TextLines.of(path)
    text = lines.take(TEXT_LINES, "text header")
    kind = next((kind for kind in KINDS if kind[0] in text[0].upper()), None)
    if kind is None:
        raise NotATimeSeries(f"{path}: SMC {text[0].strip().lower()}, not a record of motion")
    integers = take_numbers(lines, 48, INTEGERS, "integer header").astype(int)
    reals = take_numbers(lines, 50, REALS, "real header")
    header_line = lines.at - 1
    comments: list[str] = []
    while lines.peek().startswith("|"):
        comments += lines.take(1, "comments")
    count, rate_hz = int(integers[16]), float(reals[1])
    if count <= 0:
        lines.damaged("integer 17, the number of values, is not known", header_line)
    if not 0 < rate_hz < FASTEST_HZ:
        lines.damaged(f"real 2, the sampling rate, is {rate_hz:g}", header_line)
    values = take_numbers(lines, count, VALUES, "values")
    scnl = next((m for line in comments if (m := SCNL.search(line))), None)
    place = next((m for line in comments if (m := PLACE.search(line))), None)
    named = STATION.search(text[5])
    number = int(integers[29])
    station = str(number) if number not in (UNKNOWN_INTEGER, 0) else (named[1] if named else "")
    component = named[2] if named else ""
    return [
        Record(
            network=scnl[3] if scnl else "",
            station=scnl[1] if scnl else station,
            channel=scnl[2] if scnl else component,
            location=scnl[4] if scnl else "",
            place=place[1].strip() if place else "",
            orientation=_orientation(integers[12], integers[13], component),
            rate_hz=rate_of(1 / rate_hz),
            values=values,
            unit=kind[1],
            offset_removed=kind[2],
            peak=_peak(reals),
            source=path,
            notes=_notes(text, integers),
        )
    ]


def _notes(text: list[str], integers: NDArray[np.int_]) -> tuple[str, ...]:
    notes = [f"no start time; the earthquake: {' '.join(text[3].split())}"]
    if integers[17] == 1:
        notes.append("the giver flags a problem with this record: see the comments in the file")
    return tuple(notes)


def _orientation(dip: int, azimuth: int, component: str) -> Orientation:
    stated = oriented(component)
    if stated.vertical is not None:
        return stated
    if dip in (0, 180):
        return VERTICAL
    return towards(azimuth) if 0 <= azimuth <= 360 else stated


def _peak(reals: Floats) -> float | None:
    """Return the larger of maximum (real 30) and minimum (real 32)."""
    known = [float(value) for value in reals[[29, 31]] if abs(value) < UNKNOWN_REAL]
    return max(known, key=abs) if known else None
