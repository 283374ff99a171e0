"""Which way an axis points, from the many ways headers say it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Orientation:
    """Direction of positive motion.

    Attributes
    ----------
    vertical
        True for up or down, False for horizontal, None if not known.
    azimuth_deg
        Clockwise from north, for horizontal axes whose azimuth is known. [degrees]
    """

    vertical: bool | None = None
    azimuth_deg: float | None = None


UNKNOWN_ORIENTATION = Orientation()
VERTICAL = Orientation(vertical=True)
HORIZONTAL = Orientation(vertical=False)

WORDS: dict[str, Orientation] = {
    **dict.fromkeys(("UP", "DOWN", "DN", "V", "Z", "UD", "U", "D", "VERT", "VERTICAL"), VERTICAL),
    **dict.fromkeys(("L", "T", "LONG", "TRAN", "TRANS", "H1", "H2", "RADL", "TANG"), HORIZONTAL),
    **dict.fromkeys(("N", "NS", "N-S", "NORTH"), Orientation(vertical=False, azimuth_deg=0.0)),
    **dict.fromkeys(("E", "EW", "E-W", "EAST"), Orientation(vertical=False, azimuth_deg=90.0)),
    **dict.fromkeys(("S", "SN", "S-N", "SOUTH"), Orientation(vertical=False, azimuth_deg=180.0)),
    **dict.fromkeys(("W", "WE", "W-E", "WEST"), Orientation(vertical=False, azimuth_deg=270.0)),
}
"""Words for a direction. A pair of letters names the line; its first letter is taken as plus."""

DEGREES = re.compile(r"^(\d{1,3}(?:\.\d*)?)\s*(?:DEG(?:REES)?)?\.?$")
QUADRANT = re.compile(r"^([NS])\s*(\d{1,3}(?:\.\d*)?)\s*([EW])$")


def oriented(text: str) -> Orientation:
    """Return the direction a header words (``360 Deg``, ``S16W``, ``Up``, ``NS``)."""
    word = text.strip().upper()
    if word in WORDS:
        return WORDS[word]
    if match := DEGREES.match(word):
        return towards(float(match[1]))
    if match := QUADRANT.match(word):
        angle = float(match[2])
        azimuth = {"NE": angle, "SE": 180 - angle, "SW": 180 + angle, "NW": 360 - angle}
        return towards(azimuth[match[1] + match[3]])
    return UNKNOWN_ORIENTATION


def towards(azimuth_deg: float) -> Orientation:
    """Return a horizontal direction; 360 is written as 0. [degrees]"""
    return Orientation(vertical=False, azimuth_deg=float(azimuth_deg) % 360)


def from_channel(code: str) -> Orientation:
    """Return the direction an FDSN channel code implies by its last letter."""
    last = code[-1:].upper()
    if last in ("Z", "N", "E"):
        return WORDS[last]
    horizontal = last in ("1", "2", "3") and code[1:2].upper() in ("N", "H", "L", "G")
    return HORIZONTAL if horizontal else UNKNOWN_ORIENTATION
