"""DIN 4150-3: vibration in buildings, effects on structures."""

from plumbline.analysis.limit_standing import Provenance, Standing
from plumbline.analysis.vibration.curves import CurveCheck, Duration, LimitCurve, Location, Standard

PROVENANCE = Provenance(
    source="DIN 4150-3 Tables 1, 3 and 4, two independent public transcriptions that agree",
    edition="1999, values unchanged in 2016",
    standing=Standing.VERIFIED,
)

# line: (building, foundation at 10, 50 and 100 Hz, top floor short, top floor long) [mm/s]
ROWS: dict[str, tuple[str, tuple[float, float, float], float, float]] = {
    "1": ("commercial and industrial buildings", (20.0, 40.0, 50.0), 40.0, 10.0),
    "2": ("dwellings and buildings like them", (5.0, 15.0, 20.0), 15.0, 5.0),
    "3": ("sensitive and listed buildings", (3.0, 8.0, 10.0), 8.0, 2.5),
}
MASSIVE_FACTOR = 2.0  # massive reinforced concrete engineering structures: up to twice line 1
FLOOR_SLAB_MMS = 20.0  # vertical, mid-span, short-term, every line

# buried pipes, short-term; long-term is half [mm/s]
PIPES: dict[str, tuple[str, float]] = {
    "pipe-steel": ("buried pipe, welded steel", 100.0),
    "pipe-concrete": ("buried pipe, clay, concrete or metal", 80.0),
    "pipe-masonry": ("buried pipe, masonry or plastic", 50.0),
}
LONG_PIPE_FACTOR = 0.5


def _curve(
    line: str,
    building: str,
    location: Location,
    duration: Duration,
    checked_by: CurveCheck,
    points: tuple[tuple[float, float], ...],
) -> LimitCurve:
    return LimitCurve(
        standard="din4150-3",
        line=line,
        building=building,
        location=location,
        duration=duration,
        checked_by=checked_by,
        points=points,
        provenance=PROVENANCE,
    )


def _foundation(line: str, building: str, corners: tuple[float, float, float]) -> LimitCurve:
    at_10, at_50, at_100 = corners
    return _curve(
        line,
        building,
        Location.FOUNDATION,
        Duration.SHORT,
        CurveCheck.EACH_COMPONENT,
        ((1.0, at_10), (10.0, at_10), (50.0, at_50), (100.0, at_100)),
    )


def _flat(
    line: str, building: str, location: Location, duration: Duration, limit_mms: float
) -> LimitCurve:
    checked_by = {
        Location.TOP_FLOOR: CurveCheck.HORIZONTAL,
        Location.FLOOR_SLAB: CurveCheck.VERTICAL,
        Location.PIPE: CurveCheck.EACH_COMPONENT,
    }[location]
    return _curve(
        line, building, location, duration, checked_by, ((1.0, limit_mms), (100.0, limit_mms))
    )


def _curves() -> tuple[LimitCurve, ...]:
    curves = []
    for line, (building, corners, top_short, top_long) in ROWS.items():
        curves += [
            _foundation(line, building, corners),
            _flat(line, building, Location.TOP_FLOOR, Duration.SHORT, top_short),
            _flat(line, building, Location.TOP_FLOOR, Duration.LONG, top_long),
            _flat(line, building, Location.FLOOR_SLAB, Duration.SHORT, FLOOR_SLAB_MMS),
        ]
    at_10, at_50, at_100 = ROWS["1"][1]
    doubled = (MASSIVE_FACTOR * at_10, MASSIVE_FACTOR * at_50, MASSIVE_FACTOR * at_100)
    curves.append(
        _foundation("1-massive", "massive reinforced concrete, up to 2 x line 1", doubled)
    )
    for line, (building, limit_mms) in PIPES.items():
        half = LONG_PIPE_FACTOR * limit_mms
        curves += [
            _flat(line, building, Location.PIPE, Duration.SHORT, limit_mms),
            _flat(line, building, Location.PIPE, Duration.LONG, half),
        ]
    return tuple(curves)


DIN_4150_3 = Standard(
    name="din4150-3",
    title="DIN 4150-3: vibration in buildings, effects on structures",
    curves=_curves(),
)
