"""Modified Mercalli intensity estimated from peaks of ground motion."""

from dataclasses import dataclass
from enum import StrEnum
from math import log10

CM_PER_M = 100.0
LOWEST, HIGHEST = 1.0, 10.0
WALD_TEN = 9.5
BLEND_FROM, BLEND_TO = 5.0, 7.0


class Motion(StrEnum):
    """The peak an estimate starts from."""

    PGA = "pga"
    PGV = "pgv"
    SA_03 = "sa_03"
    SA_10 = "sa_10"
    SA_30 = "sa_30"


class Relation(StrEnum):
    """Whose regression."""

    WORDEN_2012 = "worden2012"
    WALD_1999 = "wald1999"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """Straight lines ``intercept + slope log10(y)``, each up to its upper end in log10(y).

    ``y`` is in cm/s2, or cm/s for PGV; ``sigma`` is in intensity units.
    """

    lines: tuple[tuple[float, float, float], ...]
    sigma: float

    def intensity(self, y: float) -> float:
        """Return the intensity for a peak."""
        level = log10(y)
        intercept, slope, _ = next(line for line in self.lines if level < line[2])
        return intercept + slope * level


END = float("inf")

WORDEN_2012: dict[Motion, Segments] = {
    Motion.PGA: Segments(
        lines=((1.71, 2.08, 0.14), (1.78, 1.55, 1.57), (-1.60, 3.70, END)), sigma=0.66
    ),
    Motion.PGV: Segments(
        lines=((4.62, 2.17, -1.21), (3.78, 1.47, 0.53), (2.89, 3.16, END)), sigma=0.63
    ),
    Motion.SA_03: Segments(
        lines=((1.15, 1.92, 0.44), (1.26, 1.69, 2.21), (-4.15, 4.14, END)), sigma=0.82
    ),
    Motion.SA_10: Segments(
        lines=((2.71, 2.17, -0.33), (2.50, 1.51, 1.65), (0.20, 2.90, END)), sigma=0.75
    ),
    Motion.SA_30: Segments(
        lines=((7.35, 3.45, -1.55), (3.81, 1.17, 0.99), (1.99, 3.01, END)), sigma=0.89
    ),
}
"""As in ShakeMap's ``wgrw12.py``, without the terms in magnitude and distance."""

WALD_1999: dict[Motion, Segments] = {
    Motion.PGA: Segments(lines=((1.00, 2.20, 1.82), (-1.66, 3.66, END)), sigma=1.08),
    Motion.PGV: Segments(lines=((3.40, 2.10, 0.76), (2.35, 3.47, END)), sigma=0.98),
}
"""As in ShakeMap's ``wald99.py``."""

RELATIONS: dict[Relation, dict[Motion, Segments]] = {
    Relation.WORDEN_2012: WORDEN_2012,
    Relation.WALD_1999: WALD_1999,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mmi:
    """Intensity from each peak that was given, None for the others.

    Attributes
    ----------
    pga, pgv, sa_03, sa_10, sa_30
        Estimates, 1 to 10.
    blended
        From PGA up to 5, from PGV above 7, between them in proportion; None without both.
    relation
        Whose regression.
    """

    pga: float | None
    pgv: float | None
    sa_03: float | None
    sa_10: float | None
    sa_30: float | None
    blended: float | None
    relation: Relation


def mmi(
    *,
    pga_ms2: float | None = None,
    pgv_ms: float | None = None,
    sa_03_ms2: float | None = None,
    sa_10_ms2: float | None = None,
    sa_30_ms2: float | None = None,
    relation: Relation | str = Relation.WORDEN_2012,
) -> Mmi:
    """Estimate intensity from horizontal peaks of ground motion.

    Parameters
    ----------
    pga_ms2
        Peak acceleration. [m/s2]
    pgv_ms
        Peak velocity. [m/s]
    sa_03_ms2, sa_10_ms2, sa_30_ms2
        Spectral acceleration at 0.3, 1 and 3 s, 5 % damping (Worden only). [m/s2]
    relation
        Worden et al. (2012) [1]_ or Wald et al. (1999) [2]_.

    Raises
    ------
    ValueError
        If a peak is negative, or the relation has no regression on it.

    Notes
    -----
    A regression over regions other than Thailand, for the median person at the ground: of use to
    compare, not to decide. Results are clipped to 1..10; a peak of 0 is intensity 1. Wald's values
    above 9.5 are 10. PGA alone under-reads far earthquakes on soft ground: give all peaks.

    References
    ----------
    .. [1] C. B. Worden et al., "Probabilistic relationships between ground-motion parameters and
       modified Mercalli intensity in California," Bull. Seismol. Soc. Am., 102(1), 204-221, 2012.
    .. [2] D. J. Wald et al., "Relationships between peak ground acceleration, peak ground
       velocity, and modified Mercalli intensity in California," Earthquake Spectra, 15(3),
       557-564, 1999.
    """
    relation = Relation(relation)
    given = {
        Motion.PGA: pga_ms2,
        Motion.PGV: pgv_ms,
        Motion.SA_03: sa_03_ms2,
        Motion.SA_10: sa_10_ms2,
        Motion.SA_30: sa_30_ms2,
    }
    found = {motion: _one(motion, peak, relation) for motion, peak in given.items()}
    return Mmi(
        pga=found[Motion.PGA],
        pgv=found[Motion.PGV],
        sa_03=found[Motion.SA_03],
        sa_10=found[Motion.SA_10],
        sa_30=found[Motion.SA_30],
        blended=_blended(found[Motion.PGA], found[Motion.PGV]),
        relation=relation,
    )


def _one(motion: Motion, peak: float | None, relation: Relation) -> float | None:
    if peak is None:
        return None
    if not peak >= 0:
        raise ValueError(f"{motion} must not be negative: {peak}")
    table = RELATIONS[relation]
    if motion not in table:
        raise ValueError(f"{relation} has no regression on {motion}")
    if peak == 0:
        return LOWEST
    value = table[motion].intensity(peak * CM_PER_M)
    if relation is Relation.WALD_1999 and value > WALD_TEN:
        return HIGHEST
    return min(max(value, LOWEST), HIGHEST)


def _blended(pga: float | None, pgv: float | None) -> float | None:
    if pga is None or pgv is None:
        return None
    weight = min(max((pga - BLEND_FROM) / (BLEND_TO - BLEND_FROM), 0.0), 1.0)
    return pga + weight * (pgv - pga)
