"""First guesses of the fundamental frequency of a building, before anything is measured."""

import math

SPREAD = 0.5  # ISO 4866: departures of 50 % are not uncommon


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
