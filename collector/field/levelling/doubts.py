"""Doubtful levels: jumps, new names and two spellings, as slips of a person make them."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import combinations, pairwise
from statistics import median
from typing import Final, NamedTuple

from plumbline.collector.field.levelling.store import PointLevel, SurveyStore
from plumbline.wire.timestamps import iso_date

TIMES_USUAL: Final = 10.0
"""A change this many times the usual one between two runs is doubtful."""

LEAST_JUMP_MM: Final = 10.0
"""Where nothing moves, what a run that closes is hardly wrong by. [mm]"""


class DoubtKind(StrEnum):
    """What a doubt is about."""

    JUMP = "jump"
    RENAMED = "renamed"
    ALIKE = "alike"


class Doubt(NamedTuple):
    """One thing a person should check before a settlement is believed.

    Attributes
    ----------
    point
        Whose levels.
    kind
        What it is about.
    reason
        The figures, in words.
    """

    point: str
    kind: DoubtKind
    reason: str


def doubts(store: SurveyStore) -> list[Doubt]:
    """Return what a person should check; nothing is mended here."""
    levels = {name: store.levels(name) for name in store.points()}
    levels = {name: each for name, each in levels.items() if each}
    jump_mm = max(LEAST_JUMP_MM, TIMES_USUAL * _usual_change_mm(levels))
    return [*_jumps(levels, jump_mm), *_renamed(levels, jump_mm), *_alike(levels)]


def _changes(levels: Sequence[PointLevel]) -> list[tuple[int, int, float]]:
    """Return dates and change of each pair of levels that follow one another. [ns], [ns], [mm]"""
    return [
        (before.date_ns, after.date_ns, after.level_mm - before.level_mm)
        for before, after in pairwise(levels)
    ]


def _usual_change_mm(levels: Mapping[str, Sequence[PointLevel]]) -> float:
    sizes = [abs(change) for each in levels.values() for _, _, change in _changes(each)]
    return median(sizes) if sizes else 0.0


def _jumps(levels: Mapping[str, Sequence[PointLevel]], jump_mm: float) -> list[Doubt]:
    """Return changes unlike those of the other points over the same dates."""
    together: dict[tuple[int, int], list[float]] = {}
    for each in levels.values():
        for before, after, change in _changes(each):
            together.setdefault((before, after), []).append(change)
    found = []
    for name, each in levels.items():
        for before, after, change in _changes(each):
            usual = median(together[before, after]) if len(together[before, after]) > 2 else 0.0
            if abs(change - usual) > jump_mm:
                found.append(
                    Doubt(
                        name,
                        DoubtKind.JUMP,
                        f"its level changed by {change:+.2f} mm from {iso_date(before)} to "
                        f"{iso_date(after)}, the others by {usual:+.2f} mm: moved, misread or set "
                        "anew? Its settlement and rate run across it",
                    )
                )
    return found


def _renamed(levels: Mapping[str, Sequence[PointLevel]], near_mm: float) -> list[Doubt]:
    """Return points that end where another begins, at its level."""
    last_ns = max((each[-1].date_ns for each in levels.values()), default=0)
    first_ns = min((each[0].date_ns for each in levels.values()), default=0)
    ended = {name: each for name, each in levels.items() if each[-1].date_ns < last_ns}
    begun = {name: each for name, each in levels.items() if each[0].date_ns > first_ns}
    return [
        Doubt(
            new,
            DoubtKind.RENAMED,
            f"begins {iso_date(after[0].date_ns)} at {after[0].level_mm:.2f} mm, where {old} ended "
            f"{iso_date(before[-1].date_ns)} at {before[-1].level_mm:.2f} mm: one point, renamed?",
        )
        for old, before in ended.items()
        for new, after in begun.items()
        if after[0].date_ns > before[-1].date_ns
        and abs(after[0].level_mm - before[-1].level_mm) <= near_mm
    ]


def _alike(levels: Mapping[str, Sequence[PointLevel]]) -> list[Doubt]:
    """Return names that differ in case and signs alone."""
    plain = {name: re.sub(r"[\W_]+", "", name).casefold() for name in levels}
    return [
        Doubt(second, DoubtKind.ALIKE, f"written like {first}: one point, spelt in two ways?")
        for first, second in combinations(levels, 2)
        if plain[first] == plain[second]
    ]
