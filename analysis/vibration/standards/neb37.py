"""Thailand, National Environment Board, Notification No. 37, B.E. 2553: vibration at buildings."""

from plumbline.analysis.limit_standing import Provenance, Standing
from plumbline.analysis.vibration.curves import CurveCheck, Duration, LimitCurve, Location, Standard

# Title and scope were read; the values were not: they are common literature, and a candidate
# stays one until somebody has opened the Royal Gazette.
PROVENANCE = Provenance(
    source="NEB Notification No. 37 as quoted in common literature; Royal Gazette not read",
    edition="B.E. 2553 (2010)",
    standing=Standing.CANDIDATE,
)

# type: (building, foundation at 10, 50, 100 Hz, top floor case 1 and 2) [mm/s]
ROWS: dict[str, tuple[str, tuple[float, float, float], tuple[float, float]]] = {
    "1": ("commerce, public, large buildings, factories", (20.0, 40.0, 50.0), (40.0, 10.0)),
    "2": ("dwellings, schools, hospitals, temples", (5.0, 15.0, 20.0), (15.0, 5.0)),
    "3": ("monuments and sensitive buildings", (3.0, 8.0, 10.0), (8.0, 2.5)),
}
EACH_FLOOR_MMS = (20.0, 10.0)  # vertical, case 1 and case 2
CASES = (Duration.SHORT, Duration.LONG)  # case 1: no fatigue or resonance; case 2: others


def _curve(
    line: str,
    location: Location,
    duration: Duration,
    checked_by: CurveCheck,
    points: tuple[tuple[float, float], ...],
) -> LimitCurve:
    return LimitCurve(
        standard="neb37",
        line=line,
        building=ROWS[line][0],
        location=location,
        duration=duration,
        checked_by=checked_by,
        points=points,
        provenance=PROVENANCE,
    )


def _curves() -> tuple[LimitCurve, ...]:
    curves = []
    for line, (_, (at_10, at_50, at_100), top) in ROWS.items():
        curves.append(
            _curve(
                line,
                Location.FOUNDATION,
                Duration.SHORT,
                CurveCheck.EACH_COMPONENT,
                ((1.0, at_10), (10.0, at_10), (50.0, at_50), (100.0, at_100)),
            )
        )
        for case, on_top, on_floor in zip(CASES, top, EACH_FLOOR_MMS, strict=True):
            curves += [
                _curve(
                    line,
                    Location.TOP_FLOOR,
                    case,
                    CurveCheck.HORIZONTAL,
                    ((1.0, on_top), (100.0, on_top)),
                ),
                _curve(
                    line,
                    Location.FLOOR_SLAB,
                    case,
                    CurveCheck.VERTICAL,
                    ((1.0, on_floor), (100.0, on_floor)),
                ),
            ]
    return tuple(curves)


NEB_37 = Standard(
    name="neb37",
    title="Thailand NEB Notification No. 37: vibration standard to prevent effects on buildings",
    curves=_curves(),
)
