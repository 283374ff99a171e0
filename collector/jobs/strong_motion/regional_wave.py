"""Seismic wave across a city: which onsets are one wave, its apparent velocity and direction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, radians, sqrt

import numpy as np
from numpy.typing import NDArray

from plumbline.wire.block import NS

KM_A_DEGREE = 111.195
SLOWEST_KMS = 1.0
"""Slowest apparent velocity by which two onsets may be apart. Body waves cross a city at more than
3 km/s and surface waves of the crust at 2.5 to 4; only surface waves of a deep basin come down to
1 km/s. Slower is two causes. [km/s]"""

SLACK_S = 60.0
"""What onsets may differ by beyond that: far earthquakes rise for a minute, and each building's
trigger passes its gate at its own moment of that rise. [s]"""

FARTHEST_KM = 100.0
"""Structures farther apart are not of one city. [km]"""

COLOCATED_KM = 0.1
"""Within this, onsets do not resolve a wave. [km]"""

NARROW = 0.05
"""An array whose width is less than this share of its length is a line. [1]"""

ONSET_SIGMA_S = {"short_period": 2.0, "long_period": 10.0}
"""How well an onset is known, by detector: the long one averages over 10 s; the short one over
1 s, but may catch different phases of an emergent wave. One standard deviation. [s]"""

BOUND_SIGMAS = 2.0
"""Bounds are at so many standard deviations: about 95 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The onset of shaking at one structure. [degrees, ns since 1970, s]"""

    event: str
    structure: str
    latitude: float
    longitude: float
    onset_ns: int
    sigma_s: float

    def __post_init__(self) -> None:
        if not self.sigma_s > 0:
            raise ValueError(f"sigma_s must be positive, not {self.sigma_s}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """Apparent velocity and direction of a wave, as far as the onsets resolve them.

    Attributes
    ----------
    method
        ``plane wave``, ``along the line`` or ``none``.
    velocity_kms
        Apparent velocity; None where the onsets do not resolve it. [km/s]
    at_least_kms, at_most_kms
        Bounds at two standard deviations; ``at_most_kms`` None if it may be any speed. Of a line,
        ``at_least_kms`` bounds the velocity along the line only, which is never below the
        wave's; ``at_most_kms`` bounds the wave's own. [km/s]
    azimuth_deg, azimuth_sigma_deg
        Where it went, clockwise from north, and its standard deviation; None unless resolved.
        [degrees]
    residual_s
        Rms of what the plane wave leaves unexplained. [s]
    """

    method: str
    velocity_kms: float | None = None
    at_least_kms: float | None = None
    at_most_kms: float | None = None
    azimuth_deg: float | None = None
    azimuth_sigma_deg: float | None = None
    residual_s: float | None = None


def distance_km(a: Arrival, b: Arrival) -> float:
    """Return the distance of two structures, flat, good to 0.1 % within a city. [km]"""
    middle = radians((a.latitude + b.latitude) / 2)
    return KM_A_DEGREE * hypot(
        a.latitude - b.latitude, _wrapped(a.longitude - b.longitude) * cos(middle)
    )


def belongs(arrival: Arrival, others: Iterable[Arrival]) -> bool:
    """Return whether an onset may be of the same wave as every one of the others.

    A structure is in a wave once: its next episode is an aftershock, and another wave.
    """
    for other in others:
        apart_km = distance_km(arrival, other)
        apart_s = abs(arrival.onset_ns - other.onset_ns) / NS
        if arrival.structure == other.structure or apart_km > FARTHEST_KM:
            return False
        if apart_s > apart_km / SLOWEST_KMS + SLACK_S:
            return False
    return True


def wave(arrivals: Sequence[Arrival]) -> Wave:
    """Fit a wave to the onsets: a plane for three and more, else what a line allows.

    Notes
    -----
    Weighted least squares for origin time and slowness; with more onsets than unknowns the
    covariance grows with the misfit where that exceeds the stated errors, and never shrinks.
    """
    if len(arrivals) < 2:
        return Wave(method="none")
    where = _flat_km(arrivals)
    _, spread, directions = np.linalg.svd(where, full_matrices=False)
    if float(np.hypot(*where.T).max()) < COLOCATED_KM / 2:
        return Wave(method="none")
    if len(arrivals) < 3 or spread[1] < NARROW * spread[0]:
        return _along_the_line(arrivals, where @ directions[0])
    slowness, covariance, residual_s = _fitted(arrivals, where)
    size = float(hypot(*slowness))
    along = slowness / size if size > 0 else np.array([0.0, 1.0])
    across = np.array([-along[1], along[0]])
    sigma = sqrt(float(along @ covariance @ along))
    if size <= BOUND_SIGMAS * sigma:
        widest = sqrt(float(np.linalg.eigvalsh(covariance)[-1]))
        return Wave(
            method="plane wave",
            at_least_kms=1 / (size + BOUND_SIGMAS * widest),
            residual_s=residual_s,
        )
    return Wave(
        method="plane wave",
        velocity_kms=1 / size,
        at_least_kms=1 / (size + BOUND_SIGMAS * sigma),
        at_most_kms=1 / (size - BOUND_SIGMAS * sigma),
        azimuth_deg=degrees(atan2(along[0], along[1])) % 360,
        azimuth_sigma_deg=degrees(sqrt(float(across @ covariance @ across)) / size),
        residual_s=residual_s,
    )


def _along_the_line(arrivals: Sequence[Arrival], along_km: NDArray[np.float64]) -> Wave:
    slowness, covariance, residual_s = _fitted(arrivals, along_km[:, np.newaxis])
    size, sigma = abs(float(slowness[0])), sqrt(float(covariance[0, 0]))
    surely = size - BOUND_SIGMAS * sigma
    return Wave(
        method="along the line",
        at_least_kms=1 / (size + BOUND_SIGMAS * sigma),
        at_most_kms=1 / surely if surely > 0 else None,
        residual_s=residual_s,
    )


def _fitted(
    arrivals: Sequence[Arrival], where_km: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return slowness [s/km], its covariance and the rms residual [s]."""
    first_ns = min(arrival.onset_ns for arrival in arrivals)
    times_s = np.array([(arrival.onset_ns - first_ns) / NS for arrival in arrivals])
    sigma_s = np.array([arrival.sigma_s for arrival in arrivals])
    design = np.column_stack([np.ones(len(arrivals)), where_km])
    weighted = design / sigma_s[:, np.newaxis]
    covariance = np.linalg.inv(weighted.T @ weighted)
    found = covariance @ weighted.T @ (times_s / sigma_s)
    left_s = times_s - design @ found
    free = len(arrivals) - design.shape[1]
    misfit = float(((left_s / sigma_s) ** 2).sum()) / free if free else 1.0
    return found[1:], covariance[1:, 1:] * max(misfit, 1.0), float(np.sqrt((left_s**2).mean()))


def _flat_km(arrivals: Sequence[Arrival]) -> NDArray[np.float64]:
    """Return east and north of the middle of the structures, ``(n, 2)``. [km]"""
    latitude = np.array([arrival.latitude for arrival in arrivals])
    east = np.array([_wrapped(a.longitude - arrivals[0].longitude) for a in arrivals])
    flat = KM_A_DEGREE * np.column_stack([east * cos(radians(latitude.mean())), latitude])
    return np.asarray(flat - flat.mean(axis=0))


def _wrapped(longitude_deg: float) -> float:
    """Return a difference of longitudes the short way round. [degrees]"""
    return (longitude_deg + 180) % 360 - 180
