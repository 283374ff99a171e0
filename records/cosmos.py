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
from pathlib import Path

from plumbline.records.arrays import Floats
from plumbline.records.cosmos_header import (
    CHANNEL,
    UNITS,
    Header,
    names,
    orientation,
    start_ns,
)
from plumbline.records.errors import NotATimeSeries
from plumbline.records.fortran import Layout, take_numbers
from plumbline.records.instant import rate_of
from plumbline.records.record import Record, Unit
from plumbline.records.textlines import TextLines

CORRECTED = 2
"""Processing stage (integer 1) from which offset and trend are removed."""

FIRST_LINE = re.compile(
    r"(acceleration|velocity|displacement|counts|spectr).*format\s+v\s*0?1\.", re.IGNORECASE
)
BLOCK = re.compile(r"^\s*(\d+)\s+(?:integer|real)-header values follow", re.IGNORECASE)
COMMENTS = re.compile(r"^\s*(\d+)\s+comment line", re.IGNORECASE)
SERIES = re.compile(r"^\s*(\d+)\s+.*(?:pts|points)", re.IGNORECASE)
UNIT_CODE = re.compile(r"units\s*=[^(]*\((\d+)\)", re.IGNORECASE)
FORMAT = re.compile(r"Format\s*=?\s*(\(.*\))", re.IGNORECASE)


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


def _block(lines: TextLines, what: str) -> Floats:
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
    header = Header(text=text, integers=integers, reals=reals, comments=comments)
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
    who = names(header)
    place_line = (header.text + [""] * 13)[8]
    direction = CHANNEL.search(place_line)
    return Record(
        network=who.network,
        station=who.station,
        location=who.location,
        channel=who.channel,
        place=place_line.partition("Location:")[2].strip(),
        orientation=orientation(header, direction[2] if direction else "", who.channel),
        values=values,
        unit=unit,
        rate_hz=rate_of(step_ms / 1000),
        start_ns=start_ns(header),
        offset_removed=(header.integer(1) or 0) >= CORRECTED or header.real(66) == 0,
        peak=None if peak is None or unit_code == 50 else peak * factor,
        source=lines.path,
        notes=notes,
    )


def _physical(values: Floats, unit: Unit, header: Header) -> tuple[Floats, Unit, tuple[str, ...]]:
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
