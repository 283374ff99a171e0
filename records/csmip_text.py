"""What the text lines of a CSMIP volume say: who, where, when, how much, in which unit."""

import re
from pathlib import Path
from typing import NamedTuple

from plumbline.records.arrays import Floats
from plumbline.records.instant import utc_ns
from plumbline.records.orientation import Orientation, oriented
from plumbline.records.record import Quantity, Record, Unit

CENTURY_PIVOT = 50

STATION = re.compile(r"STATION\s+(?:NO|ID)\.?\s+(?!\d*\.\d+[NS])(\S+)", re.IGNORECASE)
"""Number or code; where it is left blank the latitude follows, which is not one."""

SEED = re.compile(r"^\S*\.([A-Z0-9]{1,2})\.([A-Z0-9]{1,5})\.(\S{2})\.[A-Z]{2}\b")
"""Newer files of other networks: ``15481673.CI.WLT.--.HN``."""

STATION_LINE = re.compile(r"\s*STATION\s+(?:NO|ID)\b", re.IGNORECASE)
CHANNEL = re.compile(r"^\s*CHA?N\.?\s*(\d+)\s*:\s*(.*?)\s*(?:\(|LOCATION|FROM|$)", re.IGNORECASE)
OWN_CHANNEL = re.compile(r"STA\s+CHN\s*:\s*(\d+)", re.IGNORECASE)
START = re.compile(
    r"(?:START|TRIGGER)\s+TIME\s*:?\s*(\d{1,2})[/-](\d{1,2})[/-](\d{2,4}),?\s+"
    r"(\d{1,2}):(\d{2}):(\d{1,2}(?:\.\d*)?)\s*(?:UTC|GMT|UT)",
    re.IGNORECASE,
)
PEAK = re.compile(
    r"PEAK\s+(ACCELERATION|VELOCITY|DISPLACEMENT)\s*=\s*([-+]?\d*\.\d+|[-+]?\d+\.?)", re.IGNORECASE
)
UNCORRECTED_PEAK = re.compile(r"\bMAX\s*=\s*([-+]?\d*\.\d+|[-+]?\d+\.?)\s*G\b", re.IGNORECASE)

ACCELERATION_UNITS: tuple[tuple[re.Pattern[str], Unit], ...] = (
    (re.compile(r"\bG\s*/\s*10\b"), Unit.G_TENTH),
    (re.compile(r"CM\s*/\s*S(?:EC)?\s*(?:/\s*S(?:EC)?|\*\*\s*2|\^\s*2|2)"), Unit.GAL),
    (re.compile(r"\bGALS?\b"), Unit.GAL),
    (re.compile(r"(?:\bOF|\bIN|AND|ARE|:)\s+G\b(?!\s*/)"), Unit.G),
)
"""Words for units of acceleration, in the order they must be tried."""


class CsmipNames(NamedTuple):
    """Who and where."""

    network: str
    station: str
    location: str
    channel: str
    place: str
    orientation: Orientation


def names(text: list[str]) -> CsmipNames:
    """Return who and where a channel is.

    The station is its number, else the words of its name where the number is left blank.
    """
    numbered = next((m for line in text if (m := STATION.search(line))), None)
    at = next((i for i, line in enumerate(text) if STATION_LINE.match(line)), -1)
    name = " ".join(text[at + 1].split()) if 0 <= at < len(text) - 1 else ""
    line = next((line for line in text if CHANNEL.match(line)), "")
    channel, own = CHANNEL.match(line), OWN_CHANNEL.search(line)
    number = own[1] if own and int(own[1]) else (channel[1] if channel else "")
    seed = next((m for line in text if (m := SEED.match(line))), None)
    place = re.split(r"LOCATION\s*:", line, flags=re.IGNORECASE)
    return CsmipNames(
        network=seed[1] if seed else "",
        station=numbered[1] if numbered else name,
        location=seed[3].strip("-") if seed else "",
        channel=f"CHAN{number}" if number else "",
        place=" ".join(place[1].split()) if len(place) > 1 else "",
        orientation=oriented(channel[2] if channel else ""),
    )


def start_ns(text: list[str]) -> int | None:
    """Return the start or trigger time the text states, never the origin time. [ns]"""
    match = next((m for line in text if (m := START.search(line))), None)
    if match is None:
        return None
    month, day, year = (int(part) for part in match.groups()[:3])
    if year < 100:
        year += 2000 if year < CENTURY_PIVOT else 1900
    try:
        return utc_ns((year, month, day), int(match[4]), int(match[5]), float(match[6]))
    except ValueError:
        return None


def peaks(text: list[str]) -> dict[Quantity, float]:
    """Return the peaks the text states, in gal, cm/s and cm; of volume 1 in g."""
    found = {
        Quantity(match[1].lower()): float(match[2]) for line in text if (match := PEAK.search(line))
    }
    if not found:
        for line in text:
            if "UNCOR" in line.upper() and (match := UNCORRECTED_PEAK.search(line)):
                found[Quantity.ACCELERATION] = float(match[1])
    return found


def stated_unit(words: str, quantity: Quantity) -> Unit | None:
    """Return the unit a heading states."""
    upper = words.upper()
    if quantity is Quantity.ACCELERATION:
        return next((unit for pattern, unit in ACCELERATION_UNITS if pattern.search(upper)), None)
    if "CM" not in upper:
        return None
    return Unit.CMS if quantity is Quantity.VELOCITY else Unit.CM


def record_of(
    path: Path,
    text: list[str],
    values: Floats,
    unit: Unit,
    rate_hz: float,
    peak: float | None,
    *,
    offset_removed: bool,
    notes: tuple[str, ...] = (),
) -> Record:
    """Return one series of a channel with what the text says about it."""
    who = names(text)
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
