"""BS 7385-2: damage levels from groundborne vibration."""

import math

from plumbline.analysis.limit_standing import Provenance, Standing
from plumbline.analysis.vibration.curves import CurveCheck, Duration, LimitCurve, Location, Standard

PROVENANCE = Provenance(
    source="BS 7385-2 Figure 1 and Table 1, read in two public transcriptions",
    edition="1993",
    standing=Standing.VERIFIED,
)

# Below 4 Hz a displacement of 0.6 mm, zero to peak, governs: v = 2 pi f 0.6 mm, a straight line.
DISPLACEMENT_MM = 0.6
DISPLACEMENT_BELOW_HZ = 4.0
CONTINUOUS_FACTOR = 0.5  # continuous vibration that meets a resonance: down by as much as half

LINES: dict[str, tuple[str, tuple[tuple[float, float], ...]]] = {
    "1": ("reinforced or framed structures, industrial", ((4.0, 50.0), (250.0, 50.0))),
    "2": (
        "unreinforced or light framed structures, residential",
        ((4.0, 15.0), (15.0, 20.0), (40.0, 50.0), (250.0, 50.0)),
    ),
}


def _low_end() -> tuple[tuple[float, float], ...]:
    # it ends a hair below 4 Hz, so that at 4 Hz the velocity line already holds
    edges = (1.0, DISPLACEMENT_BELOW_HZ - 1e-9)
    return tuple((f, 2 * math.pi * f * DISPLACEMENT_MM) for f in edges)


def _curves() -> tuple[LimitCurve, ...]:
    return tuple(
        LimitCurve(
            standard="bs7385-2",
            line=line,
            building=building,
            location=Location.FOUNDATION,
            duration=duration,
            checked_by=CurveCheck.EACH_COMPONENT,
            points=tuple((f, factor * v) for f, v in (*_low_end(), *points)),
            provenance=PROVENANCE,
        )
        for line, (building, points) in LINES.items()
        for duration, factor in ((Duration.SHORT, 1.0), (Duration.LONG, CONTINUOUS_FACTOR))
    )


BS_7385_2 = Standard(
    name="bs7385-2",
    title="BS 7385-2: guide to damage levels from groundborne vibration",
    curves=_curves(),
)
