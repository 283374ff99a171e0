"""Which level of a structure an instrument stands on, from the words that name its place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class StoreyKind(StrEnum):
    """What a level is to the structure."""

    BASE = "base"
    FLOOR = "floor"
    ROOF = "roof"
    FREE_FIELD = "free field"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Storey:
    """A level, comparable by height.

    Attributes
    ----------
    rank
        Order from below: basements are negative, the ground is 0, floors their number, the roof
        above all. Levels that are not of the structure have no meaning in it.
    name
        Short name of the level, without the corner or side.
    kind
        What it is.
    """

    rank: float
    name: str
    kind: StoreyKind


TOP = 900.0
NOWHERE = -1000.0

# Tried in this order: a free field says so even when it also says "ground" or "surface".
WORDS: tuple[tuple[str, str, float, StoreyKind], ...] = (
    (
        r"free[\s_-]*field|\barray\b|\bdh\b|down[\s_-]*hole|bore[\s_-]*hole|geotech|\bff\b|"
        r"\b(?:on|at)\s+ground\b|ground\s+(?:near|beside|outside)",
        "free field",
        NOWHERE,
        StoreyKind.FREE_FIELD,
    ),
    (r"sub[\s_-]*basement", "sub-basement", -2.0, StoreyKind.BASE),
    (r"basement|\bbsmt\b|\bcellar\b|\blevel\s+b\b|\bb\d\b", "basement", -1.0, StoreyKind.BASE),
    (r"foundation|\braft\b|pile[\s_-]*cap|\bbase\b", "base", -0.5, StoreyKind.BASE),
    (r"\bground\b|\blobby\b", "ground", 0.0, StoreyKind.BASE),
    (r"penthouse", "penthouse", TOP + 2, StoreyKind.ROOF),
    (r"\broof|\btop[\s_-]*(?:floor|level)?\b|\bmast\b", "roof", TOP + 1, StoreyKind.ROOF),
    (r"\bdeck\b|girder", "deck", TOP, StoreyKind.ROOF),
)
NUMBERED = (
    re.compile(r"(\d{1,3})\s*(?:st|nd|rd|th)?[\s_-]*(?:fl(?:oor|r)?|storey|story|level)(?![a-z])"),
    re.compile(r"\b(\d{1,3})f\b"),
    re.compile(r"(?:fl(?:oor|r)?|storey|story|level|lvl)[\s_.-]*(\d{1,3})(?!\d)"),
)
SPELLED = {
    word: number
    for number, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"), 1
    )
}


def storey_of(place: str) -> Storey:
    """Return the level a place lies on.

    Parameters
    ----------
    place
        Words of a header or a file name: ``7th fl W side``, ``Basement NW corner``,
        ``northridge_ground_floor``, ``DH array surface``.
    """
    text = place.strip().lower().replace("_", " ")
    for pattern, name, rank, kind in WORDS[:3]:
        if re.search(pattern, text):
            return Storey(rank=rank, name=name, kind=kind)
    if (number := _number(text)) is not None:
        return Storey(rank=float(number), name=f"level {number}", kind=StoreyKind.FLOOR)
    for pattern, name, rank, kind in WORDS[3:]:
        if re.search(pattern, text):
            return Storey(rank=rank, name=name, kind=kind)
    return Storey(rank=NOWHERE, name=place.strip() or "unnamed", kind=StoreyKind.UNKNOWN)


def base_of(levels: Iterable[Storey]) -> Storey | None:
    """Return the lowest level that is a base; a free field is never one, nor is a first floor."""
    lowest = lowest_of(levels)
    return lowest if lowest is not None and lowest.kind is StoreyKind.BASE else None


def lowest_of(levels: Iterable[Storey]) -> Storey | None:
    """Return the lowest level of the structure itself."""
    outside = (StoreyKind.FREE_FIELD, StoreyKind.UNKNOWN)
    return min((one for one in levels if one.kind not in outside), default=None)


def _number(text: str) -> int | None:
    for pattern in NUMBERED:
        if match := pattern.search(text):
            return int(match[1])
    for word, number in SPELLED.items():
        if re.search(rf"\b{word}\b[\s-]*(?:floor|storey|story|level|fl\b)", text):
            return number
    return None
