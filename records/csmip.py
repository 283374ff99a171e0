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
- Years have two figures; those below 50 are after 2000.
- The origin time is not the start time. Film records have no start time at all.
- Upper and lower case differ with the decade.
"""

import re
from pathlib import Path

import numpy as np

from plumbline.records.csmip_text import (
    VOLUME_1_LINES,
    VOLUME_2_LINES,
    Names,
    names,
    peaks,
    start_ns,
    stated_unit,
)
from plumbline.records.errors import NotATimeSeries
from plumbline.records.fortran import Layout, take_numbers
from plumbline.records.instant import rate_of
from plumbline.records.record import Array, Quantity, Record, Unit
from plumbline.records.textlines import TextLines

INTEGERS = Layout(per_line=16, width=5)
REALS = Layout(per_line=8, width=10)
PAIRS = Layout(per_line=10, width=7)
INTEGER_LINES = 7
REAL_LINES = {1: 7, 2: 13}

VOLUME_1 = "UNCORRECTED ACCELEROGRAM"
VOLUME_2 = "CORRECTED ACCELEROGRAM"
SERIES = re.compile(r"^\s*(\d+)\s+\S+.*?(accel|veloc|displ)", re.IGNORECASE)
STEP = re.compile(r"(?:spaced|intervals?)\s+(?:at|of)\s+(\d*\.\d+)", re.IGNORECASE)
RATE = re.compile(r"at\s+(\d+(?:\.\d*)?)\s*(?:pts|samples?|points)\s*/\s*s", re.IGNORECASE)
COUNT = re.compile(r"NO\.?\s+OF\s+POINTS\s*=\s*(\d+)", re.IGNORECASE)
LENGTH = re.compile(r"RECORD\s+LENGTH\s*=\s*(\d*\.?\d+)", re.IGNORECASE)
EVEN = 0.51
"""Times may stray from the even grid by half a step before they count as uneven."""

NOMINAL_WITHIN = 5e-4
"""A film's speed strays this much from the nominal rate, which is then taken for the grid."""


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
            records.append(_volume_1(lines))
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


def _headers(lines: TextLines, volume: int) -> tuple[list[str], Array]:
    """Return text lines and integers, and pass over the reals (the text says them all)."""
    text = lines.take(VOLUME_1_LINES if volume == 1 else VOLUME_2_LINES, "text header")
    integers = take_numbers(lines, 100, INTEGERS, "integer header")
    lines.take(REAL_LINES[volume], "real header")
    return text, integers


def _volume_2(lines: TextLines) -> list[Record]:
    text, _ = _headers(lines, 2)
    who, stated = names(text), peaks(text)
    records = []
    while heading := SERIES.match(lines.peek()):
        line = lines.take(1, "heading of the values")[0]
        quantity = Quantity(
            {"acc": "acceleration", "vel": "velocity", "dis": "displacement"}[
                heading[2][:3].lower()
            ]
        )
        step = STEP.search(line)
        if step is None or float(step[1]) <= 0:
            lines.damaged("the heading states no sampling interval")
        unit = stated_unit(line, quantity)
        if unit is None:
            lines.damaged("the heading states no unit this reader knows")
        layout = Layout.stated(line.rpartition("(")[2]) or REALS
        values = take_numbers(lines, int(heading[1]), layout, f"{quantity} values")
        rate_hz = rate_of(float(step[1]))
        records.append(_record(lines.path, text, who, values, unit, rate_hz, stated.get(quantity)))
    if not records:
        lines.damaged("no values follow the headers", lines.at)
    return records


def _record(
    path: Path,
    text: list[str],
    who: Names,
    values: Array,
    unit: Unit,
    rate_hz: float,
    peak: float | None = None,
    *,
    offset_removed: bool = True,
    notes: tuple[str, ...] = (),
) -> Record:
    return Record(
        network=who.network,
        station=who.station,
        location=who.location,
        channel=who.channel,
        place=who.place,
        orientation=who.orientation,
        start_ns=start_ns(text),
        values=values,
        unit=unit,
        rate_hz=rate_hz,
        peak=peak,
        offset_removed=offset_removed,
        source=path,
        notes=notes,
    )


def _volume_1(lines: TextLines) -> Record:
    text, integers = _headers(lines, 1)
    words = " ".join(text)
    unit = stated_unit(text[11].upper().partition("MAX")[0], Quantity.ACCELERATION)
    peak = peaks(text).get(Quantity.ACCELERATION)
    heading = lines.peek()
    notes: tuple[str, ...] = ()
    if any(letter.isalpha() for letter in heading.upper().replace("E", "")):
        lines.take(1, "heading of the values")
        counted = re.match(r"\s*(\d+)", heading)
        layout = Layout.stated(heading.rpartition("(")[2])
        if counted is None or layout is None:
            lines.damaged("expected 'N ... points ... Format: (8f9.6)'")
        values = take_numbers(lines, int(counted[1]), layout, "values")
        unit = stated_unit(heading, Quantity.ACCELERATION) or unit
        rate = RATE.search(heading) or RATE.search(words)
        length = LENGTH.search(words)
        if rate is None and length is None:
            lines.damaged("the header states neither rate nor record length")
        rate_hz = float(rate[1]) if rate else rate_of(float(length[1]) / values.size)  # type: ignore[index]
    else:
        stated = COUNT.search(words)
        count = int(stated[1]) if stated else int(integers[27])
        if count < 2:
            lines.damaged("the header states no number of points")
        pairs = take_numbers(lines, 2 * count, PAIRS, "time and value pairs")
        values, rate_hz, notes = _evenly(pairs[0::2], pairs[1::2])
    if unit is None:
        lines.damaged("the twelfth line states no unit this reader knows")
    if peak is not None and unit is Unit.G_TENTH:
        peak *= 10
    return _record(
        lines.path,
        text,
        names(text),
        values,
        unit,
        rate_hz,
        peak,
        offset_removed=False,
        notes=notes,
    )


def _evenly(time_s: Array, values: Array) -> tuple[Array, float, tuple[str, ...]]:
    """Return values on an even grid, its rate, and a note if they had to be moved onto it."""
    step_s = float(time_s[-1] - time_s[0]) / (time_s.size - 1)
    nominal_s = 1 / round(1 / step_s) if step_s < 1 else step_s
    if abs(step_s / nominal_s - 1) < NOMINAL_WITHIN:
        step_s = nominal_s
    grid = time_s[0] + step_s * np.arange(time_s.size)
    if np.abs(time_s - grid).max() <= EVEN * step_s:
        return values.copy(), rate_of(step_s), ()
    note = f"times are uneven: put on an even grid of {step_s:g} s by straight lines"
    return np.interp(grid, time_s, values), rate_of(step_s), (note,)
