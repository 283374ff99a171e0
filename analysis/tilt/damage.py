"""Strain in a wall from distortion and horizontal strain, and the damage category it means."""

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

from plumbline.analysis.limit_standing import Provenance, Standing

# Upper ends of categories 0 to 4; category 5 has none. The page the strains were read on
# prints 0.0075 for 0.075 %: an OCR slip, corrected here.
STRAIN_LIMITS: Final = (0.0005, 0.00075, 0.0015, 0.003)
CRACK_LIMITS_MM: Final = (0.1, 1.0, 5.0, 15.0, 25.0)

BURLAND: Final = Provenance(
    source="Burland et al. 1977 / Boscardin & Cording 1989, after an introduction to tunnel "
    "construction, table 7.3",
    edition="1977 / 1989",
    standing=Standing.VERIFIED,
)
COMBINED: Final = Provenance(
    source="Boscardin & Cording 1989 / Son & Cording 2005, common literature, not re-read",
    edition="2005",
    standing=Standing.CANDIDATE,
)


class PrincipalStrain(NamedTuple):
    """Combined tensile strain.

    Attributes
    ----------
    strain
        Largest tensile strain. [-]
    angle_deg
        Direction of the cracks: of the strain from the horizontal. [deg]
    """

    strain: float
    angle_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageCategory:
    """A category by one indication.

    Attributes
    ----------
    category
        0 (negligible) to 5 (very severe).
    by
        "strain" or "crack width".
    alone
        Whether the indication may be used by itself: a crack width may not.
    provenance
        Whose limits.
    """

    category: int
    by: str
    alone: bool
    provenance: Provenance


def combined_strain(angular_distortion: float, horizontal_strain: float) -> PrincipalStrain:
    r"""Return the principal tensile strain of distortion and horizontal strain.

    :math:`\tan 2\theta = \beta / \varepsilon_h`,
    :math:`\varepsilon_p = \varepsilon_h \cos^2\theta + \beta \sin\theta \cos\theta`.

    Parameters
    ----------
    angular_distortion
        ``beta``, its size counts. [-]
    horizontal_strain
        Tensile positive, >= 0. [-]
    """
    if horizontal_strain < 0:
        raise ValueError("a horizontal strain is tensile here: >= 0")
    beta = abs(angular_distortion)
    theta = 0.5 * math.atan2(beta, horizontal_strain)
    strain = horizontal_strain * math.cos(theta) ** 2 + beta * math.sin(theta) * math.cos(theta)
    return PrincipalStrain(strain, math.degrees(theta))


def category_by_strain(strain: float) -> DamageCategory:
    """Return the category of a limiting tensile strain; 4 stands for "4 or 5". [-]"""
    if strain < 0:
        raise ValueError("a tensile strain is >= 0")
    category = sum(strain > limit for limit in STRAIN_LIMITS)
    return DamageCategory(category=category, by="strain", alone=True, provenance=BURLAND)


def category_by_crack(width_mm: float) -> DamageCategory:
    """Return the category of a crack width; never to be used alone. [mm]"""
    if width_mm < 0:
        raise ValueError("a crack width is >= 0")
    if width_mm < CRACK_LIMITS_MM[0]:
        category = 0
    else:
        category = 1 + sum(width_mm > limit for limit in CRACK_LIMITS_MM[1:])
    return DamageCategory(category=category, by="crack width", alone=False, provenance=BURLAND)
