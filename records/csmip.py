"""CSMIP (CDMG, CGS) volumes 1 and 2: ``Uncorrected`` and ``Corrected accelerogram`` text.

Text lines (13 in volume 1, 25 in volume 2), 100 integers, 50 or 100 reals, then values; volume
2 has acceleration, velocity and displacement one after the other. A file may hold many channels.
The volume 1 files of RENADIC (Universidad de Chile) are the same, see `records.renadic`.

Oddities
--------
- Numbers touch each other (``8f10.6``); older files state no format and mean 8F10.3.
- Volume 1 comes as ``time value`` pairs, 7 wide and 5 pairs a line (film, and RENADIC), or as a
  line of text with count, unit and format above plain values (digital). Pairs off film may be
  uneven in time: they are put on the regular grid of the same count by straight lines.
- The unit of volume 1 is words in the twelfth line: g, or tenths of g, the usual trap. The
  peak stands behind it and is always in g.
- "Uncorrected" may still mean that the mean of the whole record was removed: it then is zero to
  a fraction of the last figure, and no chance offset is. Such a record is taken as it is.
- Years have two figures; those below 50 are after 2000.
- The origin time is not the start time. Film records have no start time at all.
- Upper and lower case differ with the decade.
"""

import re
from pathlib import Path

from plumbline.records.csmip_text import peaks, record_of, stated_unit
from plumbline.records.csmip_volume_1 import volume_1
from plumbline.records.errors import NotATimeSeries
from plumbline.records.fortran import Layout, take_numbers
from plumbline.records.instant import rate_of
from plumbline.records.record import Quantity, Record
from plumbline.records.textlines import TextLines

INTEGERS = Layout(per_line=16, width=5)
DEFAULT = Layout(per_line=8, width=10)
TEXT_LINES = {1: 13, 2: 25}
REAL_LINES = {1: 7, 2: 13}

VOLUME_1 = "UNCORRECTED ACCELEROGRAM"
VOLUME_2 = "CORRECTED ACCELEROGRAM"
QUANTITIES = {
    "ACC": Quantity.ACCELERATION,
    "VEL": Quantity.VELOCITY,
    "DIS": Quantity.DISPLACEMENT,
}
SERIES = re.compile(r"^\s*(\d+)\s+\S+.*?(accel|veloc|displ)", re.IGNORECASE)
STEP = re.compile(r"(?:spaced|intervals?)\s+(?:at|of)\s+(\d*\.\d+)", re.IGNORECASE)


def sniff(head: str, path: Path) -> bool:
    """Return whether the first lines are a CSMIP volume (1, 2 or 3)."""
    lines = (head.upper().splitlines() + [""] * 3)[:3]
    if lines[0].lstrip().startswith("RESPONSE AND FOURIER"):
        return VOLUME_2 in lines[1]
    if lines[0].lstrip().startswith(VOLUME_1):
        return "DATA" in lines[0]
    return lines[0].lstrip().startswith(VOLUME_2) and VOLUME_1 in lines[1]


def read(path: Path) -> list[Record]:
    """Read every channel of a volume 1 or 2.

    Raises
    ------
    DamagedRecord
        If a part is not what its heading says.
    NotATimeSeries
        If the file is a volume 3 (spectra).
    """
    lines = TextLines.of(path)
    records: list[Record] = []
    while not lines.done:
        first = lines.peek().upper()
        if "RESPONSE AND FOURIER" in first:
            raise NotATimeSeries(f"{path}: CSMIP volume 3, response spectra, not a record")
        if VOLUME_1 in first:
            records.append(volume_1(lines, _headers(lines, 1)))
        elif VOLUME_2 in first:
            records += _volume_2(lines)
        else:
            _pass_end_mark(lines)
    if not records:
        lines.damaged("no channel in this file")
    return records


def _pass_end_mark(lines: TextLines) -> None:
    """Pass one line between channels; numbers there mean the count in the header is wrong."""
    words = lines.take(1, "end mark")[0].split()
    try:
        [float(word) for word in words]
    except ValueError:
        return
    if words:
        lines.damaged("more values than the header says")


def _headers(lines: TextLines, volume: int) -> list[str]:
    """Return the text lines, and pass over the numbers: the text says them all."""
    text = lines.take(TEXT_LINES[volume], "text header")
    take_numbers(lines, 100, INTEGERS, "integer header")
    lines.take(REAL_LINES[volume], "real header")
    return text


def _volume_2(lines: TextLines) -> list[Record]:
    text = _headers(lines, 2)
    stated = peaks(text)
    records = []
    while heading := SERIES.match(lines.peek()):
        line = lines.take(1, "heading of the values")[0]
        quantity = QUANTITIES[heading[2][:3].upper()]
        step = STEP.search(line)
        if step is None or float(step[1]) <= 0:
            lines.damaged("the heading states no sampling interval")
        unit = stated_unit(line, quantity)
        if unit is None:
            lines.damaged("the heading states no unit this reader knows")
        layout = Layout.stated(line.rpartition("(")[2]) or DEFAULT
        values = take_numbers(lines, int(heading[1]), layout, f"{quantity} values")
        rate_hz, peak = rate_of(float(step[1])), stated.get(quantity)
        records.append(
            record_of(lines.path, text, values, unit, rate_hz, peak, offset_removed=True)
        )
    if not records:
        lines.damaged("no values follow the headers", lines.at)
    return records
