"""SMS segments: how many a text costs, counted in real septets and UCS-2 units.

A text that fits the GSM 03.38 alphabet costs one septet a character (two for the extension table);
one character outside of it turns the whole text into UCS-2, two octets a unit. Segments after the
first carry a six-octet header, so that a long text holds less in each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

# 3GPP TS 23.038, default alphabet (6.2.1) without the escape, and its extension table (6.2.1.1).
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
BUDGET = 2
"""Segments an alarm may cost: more arrive out of order and are read too late."""


class Encoding(StrEnum):
    """Encoding of a text on the air."""

    GSM7 = "gsm-7"
    UCS2 = "ucs-2"


# (units in a single message, units in each part of a long one); 3GPP TS 23.040, 9.2.3.24.1.
CAPACITY: dict[Encoding, tuple[int, int]] = {
    Encoding.GSM7: (160, 153),
    Encoding.UCS2: (70, 67),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Size of a text in segments.

    Attributes
    ----------
    encoding
        The smaller alphabet that holds every character.
    parts
        Units in each segment: septets (GSM-7) or 16-bit units (UCS-2).
    """

    encoding: Encoding
    parts: tuple[int, ...]

    @property
    def segments(self) -> int:
        """Number of segments."""
        return len(self.parts)


def size(text: str) -> Size:
    """Return what a text costs; no character is cut by the end of a segment."""
    gsm7 = all(character in _BASIC or character in _EXTENSION for character in text)
    encoding = Encoding.GSM7 if gsm7 else Encoding.UCS2
    widths = [_septets(c) if gsm7 else _units(c) for c in text]
    single, part = CAPACITY[encoding]
    if sum(widths) <= single:
        return Size(encoding=encoding, parts=(sum(widths),))
    return Size(encoding=encoding, parts=tuple(_filled(widths, part)))


def segments(text: str) -> int:
    """Return the number of segments a text costs."""
    return size(text).segments


def _septets(character: str) -> int:
    return 2 if character in _EXTENSION else 1


def _units(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1


def _filled(widths: Iterable[int], capacity: int) -> Iterable[int]:
    used = 0
    for width in widths:
        if used + width > capacity:
            yield used
            used = 0
        used += width
    yield used
