"""COSMOS strong-motion text, versions 1.0 and 1.2: V0, V1, V1c, V2, V2c.

Text lines, then counted blocks of integers, reals and comments, then one counted block of
values; a file may hold many channels one after the other.

Oddities
--------
- The sampling interval is real 62, in milliseconds. Real 34 is that of the recorder before
  resampling and may differ (5 ms against 20 ms in USGS files).
- "Record length" may be ``n dt`` or ``(n - 1) dt``: the count in front of the values rules.
- The azimuth is integer 54; USGS leaves it out and gives integer 55, to be added to the
  structure's reference azimuth in integer 20 or 21.
- The site's channel code is not part of the format; USGS puts ``<SCNL>8040.HNE.NP.01`` in a
  comment, with a location code that names the channel, not the place. The place is in text
  line 9, after ``Location:``.
- USGS V1c files are "uncorrected" but their mean is removed: real 66, the average, is 0.
- Values as counts (V0) carry microvolts a count (real 22), volts per g (real 42), gain (real 47).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plumbline.records.errors import NotATimeSeries
from plumbline.records.fortran import Layout, take_numbers
from plumbline.records.instant import rate_of, utc_ns
from plumbline.records.orientation import (
    HORIZONTAL,
    VERTICAL,
    Orientation,
    from_channel,
    oriented,
    towards,
)
from plumbline.records.record import Record, Unit
from plumbline.records.textlines import TextLines

UNITS: dict[int, tuple[Unit, float]] = {
    2: (Unit.G, 1.0),
    4: (Unit.GAL, 1.0),
    5: (Unit.CMS, 1.0),
    6: (Unit.CM, 1.0),
    7: (Unit.GAL, 2.54),
    8: (Unit.CMS, 2.54),
    9: (Unit.CM, 2.54),
    10: (Unit.GAL, 1.0),
    11: (Unit.MILLI_G, 1.0),
    12: (Unit.MILLI_G, 1e-3),
    50: (Unit.COUNTS, 1.0),
}
"""COSMOS table 2: unit code -> our unit and the factor to it."""

DIRECTIONS: dict[int, Orientation] = {
    400: VERTICAL,
    401: VERTICAL,
    402: VERTICAL,
    **dict.fromkeys((500, 501, 600, 601, 700, 701), HORIZONTAL),
}
"""COSMOS table 5: sensor directions that are not an azimuth."""

CORRECTED = 2
"""Processing stage (integer 1) from which offset and trend are removed."""

FIRST_LINE = re.compile(
    r"(acceleration|velocity|displacement|counts|spectr).*format\s+v\s*0?1\.", re.IGNORECASE
)
BLOCK = re.compile(r"^\s*(\d+)\s+(?:integer|real)-header values follow", re.IGNORECASE)
COMMENTS = re.compile(r"^\s*(\d+)\s+comment line", re.IGNORECASE)
SERIES = re.compile(r"^\s*(\d+)\s+.*(?:pts|points)", re.IGNORECASE)
UNIT_CODE = re.compile(r"units\s*=[^(]*\((\d+)\)", re.IGNORECASE)
CHANNEL = re.compile(r"Chan?\s*\w*\s*:?\s*(\d+|\?)\s*:\s*([^(]*)", re.IGNORECASE)
CODE = re.compile(r"Code:\s*([A-Z0-9]+)-(\S+)", re.IGNORECASE)
SCNL = re.compile(r"<SCNL>\s*([^.\s]*)\.([^.\s]*)\.([^.\s]*)\.(\S*)")
FORMAT = re.compile(r"Format\s*=?\s*(\(.*\))", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """The three header blocks of one channel."""

    text: list[str]
    integers: NDArray[np.float64]
    reals: NDArray[np.float64]
    comments: list[str]
    unknown: float = -999.0

    def integer(self, number: int) -> int | None:
        """Return an integer by its number in the format's tables, None where unknown."""
        value = self.integers[number - 1] if number <= self.integers.size else self.unknown
        return None if value == self.unknown else int(value)

    def real(self, number: int) -> float | None:
        """Return a real by its number in the format's tables, None where unknown."""
        value = self.reals[number - 1] if number <= self.reals.size else self.unknown
        return None if value == self.unknown else float(value)


def sniff(head: str, path: Path) -> bool:
    """Return whether the first lines are COSMOS text."""
    return bool(FIRST_LINE.search(head.partition("\n")[0]))


def read(path: Path) -> list[Record]:
    """Read every channel of a COSMOS file.

    Raises
    ------
    DamagedRecord
        If a block is not what its heading says.
    NotATimeSeries
        If the file holds spectra (V3).
    """
    lines = TextLines.of(path)
    records = []
    while not lines.done:
        if "spectr" in lines.peek().lower():
            raise NotATimeSeries(f"{path}: COSMOS response spectra, not a record of motion")
        records.append(_channel(lines))
        if lines.peek().lower().lstrip().startswith(("end-of-data", "end of data", "/&")):
            lines.take(1, "end mark")
    return records


def _block(lines: TextLines, what: str) -> NDArray[np.float64]:
    heading = lines.take(1, what)[0]
    match = BLOCK.match(heading)
    layout = Layout.stated(heading.rpartition("=")[2])
    if match is None or layout is None:
        lines.damaged(f"expected '100 {what}s follow on ... lines, Format= (...)'")
    return take_numbers(lines, int(match[1]), layout, what)


def _channel(lines: TextLines) -> Record:
    text = []
    while not BLOCK.match(lines.peek()):
        text += lines.take(1, "text header")
    integers = _block(lines, "Integer-header value")
    reals = _block(lines, "Real-header value")
    comments: list[str] = []
    if match := COMMENTS.match(lines.peek()):
        lines.take(1, "comment heading")
        comments = lines.take(int(match[1]), "comments")
    header = _Header(text=text, integers=integers, reals=reals, comments=comments)
    heading = lines.take(1, "heading of the values")[0]
    counted, form = SERIES.match(heading), FORMAT.search(heading)
    layout = Layout.stated(form[1]) if form else None
    if counted is None or layout is None:
        lines.damaged("expected 'N acceleration pts, ... units=...,Format=(...)'")
    heading_line = lines.at - 1
    values = take_numbers(lines, int(counted[1]), layout, "values")
    stated = UNIT_CODE.search(heading)
    unit_code = int(stated[1]) if stated else header.integer(3)
    if unit_code not in UNITS:
        lines.damaged(f"unit code {unit_code} is not one this reader knows", heading_line)
    unit, factor = UNITS[unit_code]
    step_ms = header.real(62)
    if step_ms is None:
        step_s = header.real(34)
        step_ms = None if step_s is None else step_s * 1000
    if step_ms is None or step_ms <= 0:
        lines.damaged("the header states no sampling interval (real 62)", heading_line)
    values, unit, notes = _physical(values * factor, unit, header)
    peak = header.real(64)
    names = _names(header)
    place_line = (header.text + [""] * 13)[8]
    direction = CHANNEL.search(place_line)
    return Record(
        network=names.network,
        station=names.station,
        location=names.location,
        channel=names.channel,
        place=place_line.partition("Location:")[2].strip(),
        orientation=_orientation(header, direction[2] if direction else "", names.channel),
        values=values,
        unit=unit,
        rate_hz=rate_of(step_ms / 1000),
        start_ns=_start_ns(header),
        offset_removed=(header.integer(1) or 0) >= CORRECTED or header.real(66) == 0,
        peak=None if peak is None or unit_code == 50 else peak * factor,
        source=lines.path,
        notes=notes,
    )


def _physical(
    values: NDArray[np.float64], unit: Unit, header: _Header
) -> tuple[NDArray[np.float64], Unit, tuple[str, ...]]:
    if unit is not Unit.COUNTS:
        return values, unit, ()
    microvolts, volts_per_g, gain = header.real(22), header.real(42), header.real(47)
    if not microvolts or not volts_per_g:
        return values, unit, ()
    return (
        values * microvolts * 1e-6 / volts_per_g / (gain or 1.0),
        Unit.G,
        ("counts to g with the header's volts a count, volts per g and gain",),
    )


class _Names(NamedTuple):
    """Who and where, in the order of an FDSN name."""

    network: str
    station: str
    location: str
    channel: str


def _names(header: _Header) -> _Names:
    text = header.text + [""] * 13
    scnl = next((m for line in header.comments if (m := SCNL.search(line))), None)
    code = CODE.search(text[4])
    stated = CHANNEL.search(text[8])
    number = "" if stated is None else stated[1].strip("?")
    if scnl is not None:
        return _Names(scnl[3], scnl[1], scnl[4].replace("--", ""), scnl[2])
    network, station = (code[1], code[2]) if code else ("", "")
    return _Names(network, station, "", f"CHAN{number}" if number else "")


def _orientation(header: _Header, words: str, channel: str) -> Orientation:
    """Return the direction: true azimuth, else the text line, else relative to the structure."""
    true, relative = header.integer(54), header.integer(55)
    if true in DIRECTIONS or relative in DIRECTIONS:
        return DIRECTIONS[true if true in DIRECTIONS else relative]  # type: ignore[index]
    if true is not None and 1 <= true <= 360:
        return towards(true)
    stated = oriented(words)
    if stated.vertical is not None:
        return stated
    reference = header.integer(20) or header.integer(21)
    if relative is not None and reference is not None and 1 <= relative <= 360:
        return towards(relative + reference)
    return from_channel(channel)


def _start_ns(header: _Header) -> int | None:
    year, month, day = header.integer(40), header.integer(42), header.integer(43)
    hour, minute, second = header.integer(44), header.integer(45), header.real(30)
    if year is None or month is None or day is None or hour is None or minute is None:
        return None
    try:
        return utc_ns((year, month, day), hour, minute, second or 0.0)
    except ValueError:
        return None
