"""CWB / CWA (Taiwan) text: ``#`` lines of keys, then time and three axes in gal.

Oddities
--------
- Times carry their offset in the key, ``#StartTime(GMT+08)``; without one they are UTC.
- The order of the axes is in ``#DataSequence``, by default U, N, E; fields touch when large, so
  lines are cut at the width ``#Data: 4F10.3`` states.
- ``DCoffset(corr)`` says the offset is removed. Records begin with seconds of exact zeros.
- Peaks are given as ``maximum~ minimum`` for each axis.
"""

import re
from pathlib import Path

from plumbline.records.fortran import Layout, take_numbers
from plumbline.records.instant import utc_ns
from plumbline.records.orientation import oriented
from plumbline.records.record import Record, Unit
from plumbline.records.textlines import TextLines

KEY = re.compile(r"^#\s*([^:]*?)\s*:\s*(.*)$")
OFFSET = re.compile(r"GMT\s*([+-]\d+)")
NUMBER = r"([-+]?\d+(?:\.\d*)?)"
PEAKS = re.compile(rf"^#\s*AmplitudeMAX\.?\s*([A-Z])\s*:\s*{NUMBER}\s*~\s*{NUMBER}", re.IGNORECASE)
AXIS = re.compile(r"\b([UDNSEWXYZ])\s*\(")
TIME = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})[-T ](\d{1,2}):(\d{1,2}):(\d{1,2}(?:\.\d*)?)")
DEFAULT_AXES = ["U", "N", "E"]
DEFAULT_LAYOUT = Layout(per_line=4, width=10)


def sniff(head: str, path: Path) -> bool:
    """Return whether the first lines are a CWB header."""
    return head.lstrip().startswith("#") and "#StationCode" in head and "#SampleRate" in head


def read(path: Path) -> list[Record]:
    """Read the axes of a CWB file.

    Raises
    ------
    DamagedRecord
        If the header lacks the rate or a line is not numbers.
    """
    lines = TextLines.of(path)
    header: dict[str, str] = {}
    peaks: dict[str, float] = {}
    ahead_h = 0.0
    while not lines.done and (not (line := lines.peek()).strip() or line.startswith("#")):
        lines.take(1, "header")
        if match := PEAKS.match(line):
            peaks[match[1].upper()] = max(float(match[2]), float(match[3]), key=abs)
        elif match := KEY.match(line):
            key = match[1].partition("(")[0].strip()
            header[key] = match[2].strip()
            if key == "StartTime" and (offset := OFFSET.search(match[1])):
                ahead_h = float(offset[1])
    try:
        rate_hz = float(header.get("SampleRate", ""))
    except ValueError:
        lines.damaged("the header states no SampleRate", lines.at - 1)
    axes = AXIS.findall(header.get("DataSequence", "")) or DEFAULT_AXES
    layout = Layout.stated(header.get("Data", "")) or DEFAULT_LAYOUT
    rows = sum(1 for row in lines.lines[lines.at :] if row.strip())
    if rows == 0:
        lines.damaged("no numbers follow the header")
    table = take_numbers(lines, rows * (1 + len(axes)), layout, "values").reshape(rows, -1)
    amplitude = header.get("AmplitudeUnit", "gal").lower()
    return [
        Record(
            station=header.get("StationCode", ""),
            channel=axis,
            place=header.get("StationName", ""),
            orientation=oriented(axis),
            start_ns=_start_ns(header.get("StartTime", ""), ahead_h),
            rate_hz=rate_hz,
            values=table[:, 1 + i].copy(),
            unit=Unit.GAL,
            offset_removed="corr" in amplitude,
            peak=peaks.get(axis),
            source=path,
        )
        for i, axis in enumerate(axes)
    ]


def _start_ns(text: str, ahead_h: float) -> int | None:
    match = TIME.search(text)
    if match is None:
        return None
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    try:
        return utc_ns((year, month, day), hour, minute, float(match[6]), ahead_h=ahead_h)
    except ValueError:
        return None
