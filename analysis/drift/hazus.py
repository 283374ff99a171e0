"""HAZUS fragility: how likely each damage state is at a roof-drift ratio, by building class."""

import math
from dataclasses import dataclass
from enum import StrEnum

from scipy.special import ndtr

from plumbline.analysis.limit_standing import Provenance, Standing

BETA = 0.4
"""Lognormal standard deviation of the drift medians below."""

PROVENANCE = Provenance(
    source="HAZUS drift fragilities, NHERI SimCenter DamageAndLossModelLibrary",
    edition="HAZUS 5.1",
    standing=Standing.VERIFIED,
)


class Damage(StrEnum):
    """Damage states, each meaning 'this or worse'."""

    SLIGHT = "slight"
    MODERATE = "moderate"
    EXTENSIVE = "extensive"
    COMPLETE = "complete"


# Structure and height (L 1-3, M 4-7, H 8 and more storeys), then design code: HC high, MC
# moderate, LC low, PC pre-code. Medians of the roof-drift ratio, slight to complete. Only rows
# that were read in the source are here; another class is refused, not guessed.
MEDIANS: dict[str, tuple[float, float, float, float]] = {
    "C1.H.HC": (0.0025, 0.0050, 0.0150, 0.0400),
    "C1.H.MC": (0.0025, 0.0043, 0.0117, 0.0300),
    "C1.H.LC": (0.0025, 0.0040, 0.0100, 0.0250),
    "C1.H.PC": (0.0020, 0.0032, 0.0080, 0.0200),
    "C1.M.HC": (0.0033, 0.0067, 0.0200, 0.0533),
    "C1.L.HC": (0.0050, 0.0100, 0.0300, 0.0800),
    "C2.H.HC": (0.0020, 0.0050, 0.0150, 0.0400),
    "C2.H.MC": (0.0020, 0.0042, 0.0116, 0.0300),
    "C2.H.LC": (0.0020, 0.0038, 0.0099, 0.0250),
    "C2.H.PC": (0.0016, 0.0031, 0.0079, 0.0200),
    "C2.M.HC": (0.0027, 0.0067, 0.0200, 0.0533),
    "C2.L.HC": (0.0040, 0.0100, 0.0300, 0.0800),
    "C3.H.LC": (0.0015, 0.0030, 0.0075, 0.0175),
    "S1.H.HC": (0.0030, 0.0060, 0.0150, 0.0400),
    "S2.H.HC": (0.0025, 0.0050, 0.0150, 0.0400),
}

STRUCTURES: dict[str, str] = {
    "C1": "concrete moment frame",
    "C2": "concrete shear walls",
    "C3": "concrete frame with unreinforced masonry infill",
    "S1": "steel moment frame",
    "S2": "steel braced frame",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragility:
    """Probabilities of damage at one drift.

    Attributes
    ----------
    building_class
        For example ``C2.H.MC``.
    drift_ratio
        Roof-drift ratio it was evaluated at.
    probability
        Probability of each state or worse.
    """

    building_class: str
    drift_ratio: float
    probability: dict[Damage, float]


def fragility(building_class: str, drift_ratio: float) -> Fragility:
    r"""Return the probability of each damage state or worse.

    Parameters
    ----------
    building_class
        Structure, height and code, for example ``C2.H.MC``.
    drift_ratio
        Largest roof displacement relative to the base, over the height between them.

    Raises
    ------
    LookupError
        For a class whose medians were not read.

    Notes
    -----
    :math:`P = \Phi(\ln(d/\theta) / \beta)` with :math:`\beta = 0.4`.
    """
    if building_class not in MEDIANS:
        known = ", ".join(MEDIANS)
        raise LookupError(f"no drift medians for class {building_class!r}; there are {known}")
    size = abs(drift_ratio)
    probability = {
        state: float(ndtr(math.log(size / median) / BETA)) if size > 0 else 0.0
        for state, median in zip(Damage, MEDIANS[building_class], strict=True)
    }
    return Fragility(building_class=building_class, drift_ratio=size, probability=probability)
