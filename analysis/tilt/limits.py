"""Limits of distortion and tilt as a table: value, meaning, source, edition, standing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from plumbline.analysis.limit_standing import Provenance, Standing
from plumbline.analysis.tilt.plane import Curvature

# Limits given for sagging are halved for hogging (Eurocode 7, Annex H).
HOGGING_FACTOR: Final = 0.5


class DistortionQuantity(StrEnum):
    """What a limit is put on."""

    ANGULAR_DISTORTION = "angular distortion"
    ROTATION = "differential settlement over length"
    TILT = "tilt of the whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class DistortionLimit:
    """One limit.

    Attributes
    ----------
    key
        Name in tables and settings.
    quantity
        What it is put on.
    ratio
        The limit, for sagging where that matters. [-]
    means
        What happens, or stops being acceptable, there.
    provenance
        Whose word it is.
    """

    key: str
    quantity: DistortionQuantity
    ratio: float
    means: str
    provenance: Provenance

    def for_curvature(self, curvature: Curvature) -> float:
        """Return the limit that holds for this curvature. [-]"""
        halved = (
            curvature is Curvature.HOGGING
            and self.quantity is DistortionQuantity.ANGULAR_DISTORTION
        )
        return self.ratio * (HOGGING_FACTOR if halved else 1.0)


EC7: Final = Provenance(
    source="EN 1997-1 Annex H, as printed at geotechnicaldesign.info",
    edition="EN 1997-1:2004",
    standing=Standing.VERIFIED,
)
SKEMPTON: Final = Provenance(
    source="Skempton & MacDonald, extracts of the paper",
    edition="1956",
    standing=Standing.VERIFIED,
)
BJERRUM: Final = Provenance(
    source="Bjerrum, Proc. European Conf. SMFE III 135-137; values from common literature",
    edition="1963",
    standing=Standing.CANDIDATE,
)
SOWERS: Final = Provenance(
    source="Sowers, allowable settlements by type, second-hand table",
    edition="1962",
    standing=Standing.VERIFIED,
)
LTA: Final = Provenance(
    source="Land Transport Authority stage-1 screen, in Goh & Mair",
    edition="2014",
    standing=Standing.VERIFIED,
)

_BETA, _ROTATION, _TILT = DistortionQuantity
_ROWS: Final = (
    ("ec7-strictest", _BETA, 1 / 2000, "lowest of the range that prevents a serviceability", EC7),
    ("ec7-common", _BETA, 1 / 500, "acceptable for many structures", EC7),
    ("ec7-loosest", _BETA, 1 / 300, "highest of the serviceability range", EC7),
    ("ec7-ultimate", _BETA, 1 / 150, "an ultimate limit state is likely", EC7),
    ("skempton-cracking", _BETA, 1 / 300, "cracking of panels", SKEMPTON),
    ("skempton-structural", _BETA, 1 / 150, "structural damage", SKEMPTON),
    ("bjerrum-machinery", _BETA, 1 / 750, "sensitive machinery", BJERRUM),
    ("bjerrum-diagonals", _BETA, 1 / 600, "frames with diagonals", BJERRUM),
    ("bjerrum-safe", _BETA, 1 / 500, "safe against cracking", BJERRUM),
    ("bjerrum-first-cracks", _BETA, 1 / 300, "first cracks in panel walls, crane trouble", BJERRUM),
    ("bjerrum-visible-tilt", _TILT, 1 / 250, "tilt of high rigid buildings visible", BJERRUM),
    ("bjerrum-structural", _BETA, 1 / 150, "considerable wall cracking, damage feared", BJERRUM),
    ("sowers-rc-frame", _ROTATION, 0.0025, "reinforced concrete frame", SOWERS),
    ("sowers-rc-curtain-wall", _ROTATION, 0.003, "reinforced concrete, curtain wall", SOWERS),
    ("sowers-steel-continuous", _ROTATION, 0.002, "steel frame, continuous", SOWERS),
    ("sowers-steel-simple", _ROTATION, 0.005, "steel frame, simple", SOWERS),
    ("sowers-high-brick", _ROTATION, 0.0005, "high continuous brick wall", SOWERS),
    ("sowers-tower", _TILT, 0.004, "tilt of towers", SOWERS),
    ("sowers-crane-rail", _ROTATION, 0.003, "crane rail", SOWERS),
    ("lta-negligible", _ROTATION, 1 / 500, "negligible risk below, with settlement < 10 mm", LTA),
)

DISTORTION_LIMITS: Final[dict[str, DistortionLimit]] = {
    key: DistortionLimit(key=key, quantity=quantity, ratio=ratio, means=means, provenance=whose)
    for key, quantity, ratio, means, whose in _ROWS
}


def differential_from_distortion_mm(distortion: float) -> float:
    """Return Skempton and MacDonald's correlation ``350 (delta / L)`` inches. [mm]

    One fit through 98 buildings of 1956: a plausibility check, never a measurement.
    """
    return 350.0 * distortion * 25.4
