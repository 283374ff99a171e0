"""JMA (and the prefectures' seismometers) CSV: three columns of gal under seven lines of text.

Oddities
--------
- Text is Shift-JIS (cp932), or UTF-8 after somebody saved it anew. The site code is the letters
  and figures in front of the name, without a separator (``9CF宇城市松橋町``).
- ``INITIAL TIME`` is Japan Standard Time, nine hours ahead of UTC, and of the first sample.
- Column names stand in the line above the numbers and may be in any order.
- Nothing says whether the offset was removed; often it was not.
"""

import re
from pathlib import Path

import numpy as np

from plumbline.records.instant import utc_ns
from plumbline.records.orientation import oriented
from plumbline.records.record import Record, Unit
from plumbline.records.textlines import TextLines

JST_AHEAD_H = 9.0
UNITS = {"GAL": Unit.GAL, "CM/S/S": Unit.GAL, "M/S/S": Unit.MS2}

KEY = re.compile(r"^\s*([A-Z][A-Z. ]*?)\s*=\s*(.*)$")
NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?")
SITE = re.compile(r"([0-9A-Za-z]*)(.*)")


def sniff(head: str, path: Path) -> bool:
    """Return whether the first lines are a JMA CSV header."""
    lines = head.upper().splitlines()[:8]
    return bool(lines) and "SITE CODE" in lines[0] and any("SAMPLING" in line for line in lines)


def read(path: Path) -> list[Record]:
    """Read the axes of a JMA CSV file.

    Raises
    ------
    DamagedRecord
        If the header lacks rate, unit or column names, or a line is not numbers.
    """
    lines = TextLines.of(path, "utf-8", "cp932")
    header: dict[str, str] = {}
    while match := KEY.match(lines.peek()):
        header[match[1].strip().rstrip(".")] = match[2].strip()
        lines.take(1, "header")
    columns = [name.strip().upper() for name in lines.take(1, "column names")[0].split(",")]
    if not columns or any(NUMBER.fullmatch(name) for name in columns):
        lines.damaged("expected the names of the columns, such as NS,EW,UD")
    columns = [name for name in columns if name]
    rate = NUMBER.search(header.get("SAMPLING RATE", ""))
    if rate is None or float(rate[0]) <= 0:
        lines.damaged("the header states no SAMPLING RATE", 0)
    stated = header.get("UNIT", "").upper()
    unit = next((unit for word, unit in UNITS.items() if word in stated), None)
    if unit is None:
        lines.damaged(f"the header states no unit this reader knows: {stated!r}", 0)
    table = _table(lines, len(columns))
    site = SITE.match(header.get("SITE CODE", "").partition(",")[0].strip())
    return [
        Record(
            station=site[1] if site else "",
            channel=name,
            place=site[2].strip() if site else "",
            orientation=oriented(name),
            start_ns=_start_ns(header.get("INITIAL TIME", "")),
            rate_hz=float(rate[0]),
            values=table[:, i].copy(),
            unit=unit,
            source=path,
        )
        for i, name in enumerate(columns)
    ]


def _start_ns(text: str) -> int | None:
    parts = [float(part) for part in NUMBER.findall(text)]
    if len(parts) < 5:
        return None
    year, month, day, hour, minute = (int(part) for part in parts[:5])
    second = parts[5] if len(parts) > 5 else 0.0
    try:
        return utc_ns((year, month, day), hour, minute, second, ahead_h=JST_AHEAD_H)
    except ValueError:
        return None


def _table(lines: TextLines, width: int) -> np.ndarray:
    rows = []
    for number in range(lines.at, len(lines.lines)):
        parts = [part for part in lines.lines[number].split(",") if part.strip()]
        if not parts:
            continue
        if len(parts) < width:
            lines.damaged(f"{len(parts)} numbers where {width} columns are named", number)
        try:
            rows.append([float(part) for part in parts[:width]])
        except ValueError:
            lines.damaged(f"not numbers: {lines.lines[number].strip()[:40]!r}", number)
    if not rows:
        lines.damaged("no numbers follow the header")
    return np.array(rows)
