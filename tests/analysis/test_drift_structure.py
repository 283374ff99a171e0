"""Drift is taken from the base, toward one direction, and says when it cannot be."""

import numpy as np
import pytest
from where import shared_data

from plumbline.analysis.drift import (
    NoBaseError,
    Sensor,
    StoreyKind,
    along,
    base_of,
    drifts,
    reference_level,
    storey_of,
)
from plumbline.records import Quantity, read_records

RATE_HZ = 50.0


@pytest.mark.parametrize(
    ("place", "kind", "rank"),
    [
        ("Basement NW corner", StoreyKind.BASE, -1),
        ("Sub-basement", StoreyKind.BASE, -2),
        ("B1 parking", StoreyKind.BASE, -1),
        ("Ground floor", StoreyKind.BASE, 0),
        ("northridge_ground_floor", StoreyKind.BASE, 0),
        ("Foundation slab", StoreyKind.BASE, -0.5),
        ("BASE OF CENTER BENT", StoreyKind.BASE, -0.5),
        ("7th fl W side", StoreyKind.FLOOR, 7),
        ("13th Floor: South Wall", StoreyKind.FLOOR, 13),
        ("Level 30, corner A", StoreyKind.FLOOR, 30),
        ("northridge_3rd_floor", StoreyKind.FLOOR, 3),
        ("12F lift lobby", StoreyKind.FLOOR, 12),
        ("second floor", StoreyKind.FLOOR, 2),
        ("Roof E side", StoreyKind.ROOF, 901),
        ("DECK, NEAR EAST ABUTMENT", StoreyKind.ROOF, 900),
        ("DH array surface", StoreyKind.FREE_FIELD, -1000),
        ("Free field", StoreyKind.FREE_FIELD, -1000),
        ("ON GROUND NEAR EAST ABUTMENT", StoreyKind.FREE_FIELD, -1000),
        ("corner A", StoreyKind.UNKNOWN, -1000),
    ],
)
def test_places_are_read_as_levels(place, kind, rank):
    level = storey_of(place)
    assert (level.kind, level.rank) == (kind, rank)


def test_a_free_field_is_never_the_base():
    levels = [storey_of(p) for p in ("DH array surface", "7th fl", "Roof")]
    assert base_of(levels) is None
    assert base_of([*levels, storey_of("Basement")]).name == "basement"


def sensor(name, place, azimuth_deg, accel):
    return Sensor(
        name=name,
        place=place,
        level=storey_of(place),
        azimuth_deg=azimuth_deg,
        accel_ms2=np.asarray(accel, dtype=float),
    )


def test_without_a_base_there_is_no_drift():
    with pytest.raises(NoBaseError, match="7th fl"):
        reference_level([sensor("a", "7th fl", 0, [0]), sensor("b", "Roof", 0, [0])])
    with pytest.raises(NoBaseError):
        reference_level([sensor("a", "DH array surface", 0, [0]), sensor("b", "Roof", 0, [0])])


def test_a_first_floor_serves_where_nothing_lower_is_instrumented():
    level = reference_level([sensor("a", "1st floor", 0, [0]), sensor("b", "Roof", 0, [0])])
    assert level.name == "level 1"


def test_an_axis_that_points_the_other_way_is_turned_round():
    motion, _ = along([sensor("a", "Basement", 351, [1.0, 2.0])], 171)
    assert motion == pytest.approx([-1, -2])


def test_two_crossing_axes_make_any_direction():
    north, east = np.array([1.0, 0.0, 2.0]), np.array([0.0, 3.0, 1.0])
    pair = [sensor("n", "Basement", 0, north), sensor("e", "Basement", 90, east)]
    motion, names = along(pair, 30)
    assert motion == pytest.approx(north * np.cos(np.pi / 6) + east * np.sin(np.pi / 6))
    assert names == "n, e"
    assert along(pair[:1], 45) is None


def a_story():
    t = np.arange(6000) / RATE_HZ
    envelope = np.exp(-(((t - 60) / 10) ** 2))
    swing = envelope * np.sin(2 * np.pi * 0.5 * t)
    accel = np.gradient(np.gradient(swing, 1 / RATE_HZ), 1 / RATE_HZ)
    ground = 0.3 * np.roll(accel, 7)
    return accel, ground


def test_drift_is_the_difference_of_floors_each_integrated_alike():
    accel, ground = a_story()
    sensors = [
        sensor("g", "Ground floor", 90, ground),
        sensor("9", "9th floor", 90, ground + 0.05 * accel),
        sensor("10", "10th floor", 270, -(ground + 0.10 * accel)),
        sensor("r", "Roof", 90, ground + 0.12 * accel),
        sensor("ff", "Free field", 90, 9 * ground),
    ]
    heights = {"ground": 0.0, "level 9": 30.0, "level 10": 33.0, "roof": 40.0}
    found = {(d.upper, d.lower): d for d in drifts(sensors, RATE_HZ, 0.1, heights)}
    assert set(found) == {
        ("roof", "ground"),
        ("roof", "level 10"),
        ("level 10", "ground"),
        ("level 10", "level 9"),
        ("level 9", "ground"),
    }
    roof = found["roof", "ground"]
    assert roof.direction == "EW"
    assert roof.displacement_m == pytest.approx(0.12, rel=0.01)
    assert roof.uncertainty_m < 0.01 * roof.displacement_m
    assert roof.ratio == pytest.approx(0.12 / 40, rel=0.01)
    storey = found["level 10", "level 9"]
    assert storey.adjacent
    assert storey.displacement_m == pytest.approx(0.05, rel=0.01)
    assert storey.ratio == pytest.approx(0.05 / 3, rel=0.01)
    assert not roof.adjacent


def test_no_height_no_ratio():
    accel, ground = a_story()
    pair = [sensor("g", "Basement", 0, ground), sensor("r", "Roof", 0, ground + accel)]
    (one,) = drifts(pair, RATE_HZ, 0.1, {})
    assert one.ratio is None
    assert one.ratio_uncertainty is None


@pytest.mark.parametrize("corner_hz", [0.05, 0.1, 0.2])
def test_atwoods_roof_against_its_basement(corner_hz):
    records = read_records(sorted(shared_data("atwood-2018-anchorage").glob("*.V1c")))
    sensors = [
        sensor(r.source.name, r.place, r.orientation.azimuth_deg, r.si())
        for r in records
        if r.quantity is Quantity.ACCELERATION and not r.orientation.vertical
    ]
    assert reference_level(sensors).name == "basement"
    found = drifts(sensors, records[0].rate_hz, corner_hz, {})
    roof = [d for d in found if (d.upper, d.lower) == ("roof", "basement")]
    east = [d.displacement_m * 100 for d in roof if d.direction == "EW"]
    north = [d.displacement_m * 100 for d in roof if d.direction == "NS"]
    assert east == pytest.approx([23.9], abs=0.7)
    assert north == pytest.approx([11.2, 11.2], abs=0.4)
    assert not any("D0" in d.reference or "D0" in d.sensor for d in found)
