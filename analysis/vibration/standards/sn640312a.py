"""SN 640 312a: shaking of structures (Switzerland), class of normal sensitivity."""

from plumbline.analysis.limit_standing import Provenance, Standing
from plumbline.analysis.vibration.curves import CurveCheck, Duration, LimitCurve, Location, Standard

READ = Provenance(
    source="SN 640 312a, public extract (its 'mm/s2' read as mm/s)",
    edition="640 312a",
    standing=Standing.VERIFIED,
)
# The extract prints 2 below 30 Hz where the pattern of the table (a fifth) asks for 3. Until the
# original is read the whole permanent row is a candidate and carries the printed, stricter value.
DOUBTED = Provenance(
    source="SN 640 312a, public extract; the value below 30 Hz is in doubt (2 printed, 3 expected)",
    edition="640 312a",
    standing=Standing.CANDIDATE,
)

# peak vector sum below 30 Hz, from 30 to 60 Hz, above 60 Hz [mm/s]
ROWS: dict[Duration, tuple[tuple[float, float, float], Provenance]] = {
    Duration.OCCASIONAL: ((15.0, 20.0, 30.0), READ),
    Duration.FREQUENT: ((6.0, 8.0, 12.0), READ),
    Duration.PERMANENT: ((2.0, 4.0, 6.0), DOUBTED),
}


def _curves() -> tuple[LimitCurve, ...]:
    return tuple(
        LimitCurve(
            standard="sn640312a",
            line="normal",
            building="structures of normal sensitivity",
            location=Location.FOUNDATION,
            duration=duration,
            checked_by=CurveCheck.VECTOR_SUM,
            points=(
                (1.0, low),
                (30.0, low),
                (30.0, middle),
                (60.0, middle),
                (60.0, high),
                (150.0, high),
            ),
            provenance=provenance,
        )
        for duration, ((low, middle, high), provenance) in ROWS.items()
    )


SN_640_312A = Standard(
    name="sn640312a", title="SN 640 312a: shaking of structures", curves=_curves()
)
