"""Storey drifts that codes allow in design; they are not limits of damage."""

from dataclasses import dataclass

from plumbline.analysis.limit_standing import Provenance, Standing

ASCE_7 = Provenance(
    source="ASCE 7 Table 12.12-1, read in two public transcriptions",
    edition="7-22",
    standing=Standing.VERIFIED,
)
FEMA_356 = Provenance(
    source="FEMA 356 / ASCE 41 indicative drifts, from common literature, not read",
    edition="2000",
    standing=Standing.CANDIDATE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftLimit:
    """One allowed storey-drift ratio.

    Attributes
    ----------
    case
        What it is for.
    ratio
        Storey drift over storey height.
    provenance
        Source, edition, standing.
    """

    case: str
    ratio: float
    provenance: Provenance


def _limits(provenance: Provenance, rows: dict[str, float]) -> tuple[DriftLimit, ...]:
    return tuple(
        DriftLimit(case=case, ratio=ratio, provenance=provenance) for case, ratio in rows.items()
    )


DESIGN_LIMITS: tuple[DriftLimit, ...] = (
    *_limits(
        ASCE_7,
        {
            "risk category I or II": 0.020,
            "risk category III": 0.015,
            "risk category IV": 0.010,
            "risk category I or II, four storeys or fewer": 0.025,
            "risk category III, four storeys or fewer": 0.020,
        },
    ),
    *_limits(
        FEMA_356,
        {
            "concrete frame, immediate occupancy": 0.010,
            "concrete frame, life safety": 0.020,
            "concrete frame, collapse prevention": 0.040,
            "concrete wall, immediate occupancy": 0.005,
            "concrete wall, life safety": 0.010,
            "concrete wall, collapse prevention": 0.020,
            "steel moment frame, immediate occupancy": 0.007,
            "steel moment frame, life safety": 0.025,
            "steel moment frame, collapse prevention": 0.050,
            "steel braced frame, immediate occupancy": 0.005,
            "steel braced frame, life safety": 0.015,
            "steel braced frame, collapse prevention": 0.020,
        },
    ),
)
