"""ESM / ITACA (DYNA) ASCII: ``KEY: value`` lines, then one value a line.

Oddities
--------
- 64 header lines in DYNA 1.2, fewer before: the header ends where the numbers begin.
- Most keys may be empty, the location code usually is.
- The unit is stated (``cm/s^2``), the quantity in ``DATA_TYPE``; spectra share the format.
- The peak key has its unit in its name: ``PGA_CM/S^2``, ``PGV_CM/S``, ``PGD_CM``.
- ``BASELINE_CORRECTION`` tells whether the offset is gone.
"""

import re
from pathlib import Path

import numpy as np

from plumbline.records.errors import NotATimeSeries
from plumbline.records.instant import rate_of, utc_ns
from plumbline.records.orientation import from_channel, oriented
from plumbline.records.record import Record, Unit
from plumbline.records.textlines import TextLines

UNITS: dict[str, Unit] = {
    "cm/s^2": Unit.GAL,
    "cm/s2": Unit.GAL,
    "gal": Unit.GAL,
    "m/s^2": Unit.MS2,
    "g": Unit.G,
    "cm/s": Unit.CMS,
    "m/s": Unit.MS,
    "cm": Unit.CM,
    "m": Unit.M,
}
PEAK_KEYS = ("PGA_CM/S^2", "PGV_CM/S", "PGD_CM")
KEY = re.compile(r"^([A-Z0-9_/^ ]+?)\s*:\s?(.*)$")
TIME = re.compile(r"(\d{4})(\d{2})(\d{2})_(\d{2})(\d{2})(\d{2}(?:\.\d*)?)")


def sniff(head: str, path: Path) -> bool:
    """Return whether the first lines are a DYNA header."""
    return head.lstrip().startswith("EVENT_NAME:") and "SAMPLING_INTERVAL_S:" in head


def read(path: Path) -> list[Record]:
    """Read the one component of the file.

    Raises
    ------
    DamagedRecord
        If the header lacks interval or unit, or a line is not a number.
    NotATimeSeries
        If the file holds a spectrum.
    """
    lines = TextLines.of(path, "utf-8")
    header: dict[str, str] = {}
    while match := KEY.match(lines.peek().lstrip()):
        header[match[1]] = match[2].strip()
        lines.take(1, "header")
    if "SPECTRUM" in header.get("DATA_TYPE", "").upper():
        raise NotATimeSeries(f"{path}: ESM {header['DATA_TYPE'].lower()}, not a record of motion")
    unit = UNITS.get(header.get("UNITS", "").lower())
    if unit is None:
        lines.damaged(f"UNITS is {header.get('UNITS', '')!r}, not a unit this reader knows", 0)
    try:
        step_s = float(header["SAMPLING_INTERVAL_S"])
    except (KeyError, ValueError):
        lines.damaged("SAMPLING_INTERVAL_S is not stated", 0)
    values = _values(lines)
    counted = header.get("NDATA", "")
    if counted.isdigit() and int(counted) != values.size:
        lines.damaged(f"NDATA is {counted} but {values.size} values follow the header")
    channel = header.get("STREAM", "")
    fdsn = from_channel(channel)
    peak = next((float(header[key]) for key in PEAK_KEYS if header.get(key)), None)
    return [
        Record(
            network=header.get("NETWORK", ""),
            station=header.get("STATION_CODE", ""),
            location=header.get("LOCATION", ""),
            channel=channel,
            orientation=fdsn if fdsn.vertical is not None else oriented(channel),
            start_ns=_start_ns(header.get("DATE_TIME_FIRST_SAMPLE_YYYYMMDD_HHMMSS", "")),
            rate_hz=rate_of(step_s),
            values=values,
            unit=unit,
            offset_removed="REMOVED" in header.get("BASELINE_CORRECTION", "").upper()
            and "NOT" not in header.get("BASELINE_CORRECTION", "").upper(),
            peak=peak,
            source=path,
        )
    ]


def _values(lines: TextLines) -> np.ndarray:
    parts = " ".join(lines.lines[lines.at :]).split()
    try:
        values = np.array(parts, dtype=np.float64)
    except ValueError:
        for number in range(lines.at, len(lines.lines)):
            try:
                np.array(lines.lines[number].split(), dtype=np.float64)
            except ValueError:
                text = lines.lines[number].strip()[:40]
                lines.damaged(f"not a number: {text!r}", number)
        raise
    if values.size == 0:
        lines.damaged("no numbers follow the header")
    return values


def _start_ns(text: str) -> int | None:
    match = TIME.search(text)
    if match is None:
        return None
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    try:
        return utc_ns((year, month, day), hour, minute, float(match[6]))
    except ValueError:
        return None
