"""The header of one COSMOS channel: three counted blocks, and what they mean."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from plumbline.records.arrays import Floats
from plumbline.records.instant import utc_ns
from plumbline.records.orientation import (
    HORIZONTAL,
    VERTICAL,
    Orientation,
    from_channel,
    oriented,
    towards,
)
from plumbline.records.record import Unit

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

CHANNEL = re.compile(r"Chan?\s*\w*\s*:?\s*(\d+|\?)\s*:\s*([^(]*)", re.IGNORECASE)
CODE = re.compile(r"Code:\s*([A-Z0-9]+)-(\S+)", re.IGNORECASE)
SCNL = re.compile(r"<SCNL>\s*([^.\s]*)\.([^.\s]*)\.([^.\s]*)\.(\S*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The three header blocks of one channel."""

    text: list[str]
    integers: Floats
    reals: Floats
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


class CosmosNames(NamedTuple):
    """Who and where, in the order of an FDSN name."""

    network: str
    station: str
    location: str
    channel: str


def names(header: Header) -> CosmosNames:
    """Return who a channel is: USGS's comment, else the code in the fifth text line."""
    text = header.text + [""] * 13
    scnl = next((m for line in header.comments if (m := SCNL.search(line))), None)
    code = CODE.search(text[4])
    stated = CHANNEL.search(text[8])
    number = "" if stated is None else stated[1].strip("?")
    if scnl is not None:
        return CosmosNames(scnl[3], scnl[1], scnl[4].replace("--", ""), scnl[2])
    network, station = (code[1], code[2]) if code else ("", "")
    return CosmosNames(network, station, "", f"CHAN{number}" if number else "")


def orientation(header: Header, words: str, channel: str) -> Orientation:
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


def start_ns(header: Header) -> int | None:
    """Return the time of the first sample, None where the header does not know it. [ns]"""
    year, month, day = header.integer(40), header.integer(42), header.integer(43)
    hour, minute, second = header.integer(44), header.integer(45), header.real(30)
    if year is None or month is None or day is None or hour is None or minute is None:
        return None
    try:
        return utc_ns((year, month, day), hour, minute, second or 0.0)
    except ValueError:
        return None
