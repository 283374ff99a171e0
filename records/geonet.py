"""GeoNet (GNS Science, New Zealand) V1A and V2A: three components, one after the other.

16 text lines, 40 integers, 60 reals, then acceleration and, in V2A, velocity and displacement.

Oddities
--------
- Units are millimetres: mm/s/s, mm/s, mm.
- Fields are 8 wide, 10 a line, for header and values alike, and touch when large.
- The time in the text is the trigger; the time of the first sample is spread over integers
  9, 10 (year, month), 19, 20 (day, hour), 39, 40 (minute, millisecond).
- Counts of points are integers 34, 35, 36; a series not computed has 0.
- V1A carries an offset; its header peak is without it.
- Axes are quadrant bearings, ``S16W``, or ``Up``.
"""

import re
from pathlib import Path

from plumbline.records.arrays import Floats
from plumbline.records.fortran import Layout, take_numbers
from plumbline.records.instant import rate_of, utc_ns
from plumbline.records.orientation import oriented
from plumbline.records.record import Record, Unit
from plumbline.records.textlines import TextLines

TEXT_LINES = 16
INTEGERS, REALS = 40, 60
FIELDS = Layout(per_line=10, width=8)
SERIES: tuple[tuple[str, Unit], ...] = (
    ("ACCELERATION", Unit.MMS2),
    ("VELOCITY", Unit.MMS),
    ("DISPLACEMENT", Unit.MM),
)

SITE = re.compile(r"^\s*Site\s+(\S+)", re.IGNORECASE)
COMPONENT = re.compile(r"^\s*Component\s+(\S+)", re.IGNORECASE)
STEP = re.compile(r"(?:at|intervals of)\s+(\d*\.\d+)\s*s", re.IGNORECASE)
PEAK = re.compile(
    r"^\s*(Acceleration|Velocity|Displacement)\s*:\s*peak\s+([-+]?\d*\.?\d+)", re.IGNORECASE
)


def sniff(head: str, path: Path) -> bool:
    """Return whether the first lines are a GeoNet accelerogram."""
    first, _, rest = head.partition("\n")
    return "corrected accelerogram" in first.lower() and bool(SITE.match(rest))


def read(path: Path) -> list[Record]:
    """Read every component.

    Raises
    ------
    DamagedRecord
        If a block is not what the header says.
    """
    lines = TextLines.of(path)
    records: list[Record] = []
    while not lines.done:
        if not lines.peek().strip():
            lines.take(1, "blank line")
            continue
        records += _component(lines)
    return records


def _component(lines: TextLines) -> list[Record]:
    text = lines.take(TEXT_LINES, "text header")
    integers = take_numbers(lines, INTEGERS, FIELDS, "integer header")
    reals = take_numbers(lines, REALS, FIELDS, "real header")
    site = SITE.match(text[1])
    component = next((m for line in text if (m := COMPONENT.match(line))), None)
    if site is None or component is None:
        lines.damaged("expected 'Site ...' and 'Component ...' in the text header")
    stated = next((m for line in text if (m := STEP.search(line))), None)
    step_s = float(stated[1]) if stated else float(reals[25])
    if step_s <= 0:
        lines.damaged("the header states no sampling interval")
    peaks = {m[1].upper(): float(m[2]) for line in text if (m := PEAK.match(line))}
    records = []
    for (name, unit), count in zip(SERIES, integers[33:36].astype(int), strict=True):
        if count > 0:
            values = take_numbers(lines, count, FIELDS, name.lower())
            records.append(
                Record(
                    network="NZ",
                    station=site[1],
                    channel=component[1],
                    orientation=oriented(component[1]),
                    start_ns=_start_ns(integers),
                    rate_hz=rate_of(step_s),
                    values=values,
                    unit=unit,
                    offset_removed=not text[0].lower().lstrip().startswith("uncorrected"),
                    peak=peaks.get(name),
                    source=lines.path,
                )
            )
    if not records:
        lines.damaged("the header states no points of any series")
    return records


def _start_ns(integers: Floats) -> int | None:
    year, month, day, hour, minute, milliseconds = integers[[8, 9, 18, 19, 38, 39]].astype(int)
    try:
        return utc_ns((year, month, day), hour, minute, milliseconds / 1000)
    except ValueError:
        return None
