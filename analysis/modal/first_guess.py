"""First guess of a building's fundamental frequency from its size, before anything is measured."""

import math
from typing import Final, NamedTuple

SPREAD: Final = 0.5  # ISO 4866: departures of 50 % are not uncommon

SOURCE: Final = "ISO 4866 Annex D, as printed second-hand; departures of 50 % are not uncommon"
"""Whose rules these are, for reports."""


def by_storeys_hz(storeys: int) -> float:
    """Return ``10 / n``, for some five storeys and more. [Hz]"""
    return 10.0 / storeys


def by_fit_hz(height_m: float) -> float:
    """Return ``46 / h``, the fit to 163 buildings in ISO 4866 Annex D. [Hz]"""
    return 46.0 / height_m


def by_height_hz(height_m: float, k1: float = 0.022) -> float:
    """Return ``1 / (k1 h)``; k1 between 0.014 and 0.03 s/m. [Hz]"""
    return 1.0 / (k1 * height_m)


def by_height_and_width_hz(height_m: float, width_m: float, k2: float = 0.098) -> float:
    """Return ``1 / (k2 h / sqrt(b))``; k2 between 0.087 and 0.109. [Hz]"""
    return math.sqrt(width_m) / (k2 * height_m)


def by_slenderness_hz(height_m: float, width_m: float, k3: float = 0.07) -> float:
    """Return ``1 / (k3 h / sqrt(b) sqrt(h / (h + b)))``; k3 between 0.06 and 0.08. [Hz]"""
    slender = math.sqrt(height_m / (height_m + width_m))
    return math.sqrt(width_m) / (k3 * height_m * slender)


def bounds_hz(guess_hz: float) -> tuple[float, float]:
    """Return the guess 50 % lower and 50 % higher. [Hz]"""
    return (1 - SPREAD) * guess_hz, (1 + SPREAD) * guess_hz


class FirstGuess(NamedTuple):
    """What one rule expects of the fundamental frequency.

    Attributes
    ----------
    rule
        The formula, as people write it.
    frequency_hz
        Its result. [Hz]
    low_hz, high_hz
        50 % lower and higher: departures that far are not uncommon. [Hz]
    """

    rule: str
    frequency_hz: float
    low_hz: float
    high_hz: float


def first_guesses(
    *, height_m: float | None = None, width_m: float | None = None, storeys: int | None = None
) -> list[FirstGuess]:
    """Return what every rule whose sizes are known expects, the one to go by first.

    Parameters
    ----------
    height_m
        Height of the building above its base. [m]
    width_m
        Its width in the direction of the motion. [m]
    storeys
        Number of storeys.

    Notes
    -----
    The fit to 163 buildings goes before the count of storeys; the rules with a width are printed
    beside it. Every rule is of buildings that stand complete: while storeys are added the
    frequency is higher, and it falls.
    """
    found: list[tuple[str, float]] = []
    if height_m is not None:
        found.append(("46 / h", by_fit_hz(height_m)))
    if storeys is not None:
        found.append(("10 / n", by_storeys_hz(storeys)))
    if height_m is not None:
        found.append(("1 / (0.022 h)", by_height_hz(height_m)))
        if width_m is not None:
            found.append(("sqrt(b) / (0.098 h)", by_height_and_width_hz(height_m, width_m)))
            by_slenderness = by_slenderness_hz(height_m, width_m)
            found.append(("sqrt(b) / (0.07 h) sqrt((h + b) / h)", by_slenderness))
    return [FirstGuess(rule, frequency, *bounds_hz(frequency)) for rule, frequency in found]
