"""Axes side by side: joined in time, gathered by place, cut to what all of them have."""

import json
from pathlib import Path

import numpy as np
import pytest

from plumbline.records import Record, Unit, joined, stations
from plumbline.records.orientation import VERTICAL, from_channel, oriented, towards

S = 10**9


def record(channel="HNE", start_s=0.0, n=100, rate_hz=100.0, **more):
    values = np.arange(n) + round(start_s * rate_hz)
    return Record(
        **{
            "station": "ABC", "channel": channel, "rate_hz": rate_hz, "unit": Unit.GAL,
            "values": values.astype(float), "source": Path(f"{channel}-{start_s}"),
            "start_ns": None if start_s is None else round(start_s * S),
            "orientation": from_channel(channel),
        }
        | more
    )  # fmt: skip


def test_pieces_that_follow_one_another_are_one_record():
    (whole,) = joined([record(start_s=1.0), record(start_s=0.0), record(start_s=2.0)])
    assert whole.values.tolist() == list(range(300))
    assert whole.start_ns == 0
    assert any("joined" in note for note in whole.notes)


def test_a_gap_keeps_its_two_sides_apart():
    assert len(joined([record(), record(start_s=1.05)])) == 2
    assert len(stations([record(), record(start_s=1.05)])) == 2


def test_pieces_without_times_never_join():
    pieces = [record(start_s=0.0, start_ns=None), record(start_s=1.0, start_ns=None)]
    assert len(joined(pieces)) == 2


def test_counted_rates_become_that_of_the_whole_span():
    first, second = record(n=300, rate_hz=30.0), record(start_s=10.0, n=303, rate_hz=30.3)
    (whole,) = joined([first, second])
    assert whole.rate_hz == pytest.approx(603 / 20.0)


def test_axes_are_cut_to_their_common_samples():
    (station,) = stations(
        [record("HNZ", 0.2, 100), record("HNE", 0.0, 100), record("HNN", 0.1, 80)]
    )
    assert [axis.channel for axis in station.axes] == ["HNE", "HNN", "HNZ"]  # vertical last
    assert [axis.values[0] for axis in station.axes] == [20, 20, 20]
    assert {axis.values.size for axis in station.axes} == {70}
    assert {axis.start_ns for axis in station.axes} == {round(0.2 * S)}


@pytest.mark.parametrize(
    "change", [{"place": "roof"}, {"station": "XYZ"}, {"network": "NP"}, {"location": "20"}]
)
def test_another_place_is_another_station(change):
    assert len(stations([record("HNE"), record("HNN", **change)])) == 2


def test_channel_numbers_in_the_location_do_not_part_one_place():
    axes = [
        record("HNE", location="01", place="Basement"),
        record("HNN", location="02", place="Basement"),
    ]
    assert len(stations(axes)) == 1


def test_two_instruments_in_one_box_are_two_stations():
    found = stations([record("EHZ"), record("ENE"), record("ENN"), record("ENZ")])
    assert [len(station.axes) for station in found] == [1, 3]


def test_the_two_depths_of_kik_net_are_two_stations():
    found = stations([record(name) for name in ("EW1", "NS1", "UD1", "EW2", "NS2", "UD2")])
    assert [[a.channel for a in s.axes] for s in found] == [
        ["EW1", "NS1", "UD1"], ["EW2", "NS2", "UD2"]
    ]  # fmt: skip


def test_velocity_the_giver_computed_stays_beside():
    (station,) = stations(
        [record("HNE"), record("HNE", unit=Unit.CMS), record("HNE", unit=Unit.CM)]
    )
    assert len(station.axes) == 1
    assert {str(r.quantity) for r in station.given} == {"velocity", "displacement"}


@pytest.mark.parametrize(
    ("azimuths", "expected"),
    [
        ((0, 90), (0, 1)),
        ((351, 261), (0, 1)),
        ((0, 180), None),
        ((10, 60), None),
        ((None, 90), (0, 1)),
    ],
)
def test_two_axes_are_a_pair_only_at_a_right_angle(azimuths, expected):
    level = [
        record(name, orientation=oriented("L") if a is None else towards(a))
        for name, a in zip(("HN2", "HN3"), azimuths, strict=True)
    ]
    (station,) = stations([*level, record("HNZ")])
    assert station.horizontal == expected


@pytest.mark.parametrize(
    ("words", "vertical", "degrees"),
    [("360 Deg", False, 0), ("90 DEG", False, 90), ("Up", True, None), ("S16W", False, 196),
     ("N74E", False, 74), ("S74E", False, 106), ("N28W", False, 332), ("EW", False, 90),
     ("L", False, None), ("V", True, None), ("DN", True, None), ("", None, None),
     ("whatever", None, None)],
)  # fmt: skip
def test_directions_are_understood_as_headers_word_them(words, vertical, degrees):
    found = oriented(words)
    assert (found.vertical, found.azimuth_deg) == (vertical, degrees)


def test_last_letters_of_channel_codes_point_their_way():
    assert from_channel("HNZ") == VERTICAL
    assert from_channel("HNN").azimuth_deg == 0
    assert from_channel("HN2").vertical is False
    assert from_channel("HN2").azimuth_deg is None
    assert from_channel("ABC").vertical is None


def test_a_record_of_nothing_or_of_nonsense_is_refused():
    for bad in ({"rate_hz": 0.0}, {"values": np.empty(0)}, {"values": np.array([np.nan])}):
        with pytest.raises(ValueError):
            record(**bad)


def test_a_recorder_of_many_channels_is_as_many_sensors():
    channels = [record(f"C{number:02d}") for number in range(1, 13)]
    velocity = record("C01", unit=Unit.CMS)
    found = stations([*channels, velocity])
    assert [[axis.channel for axis in s.axes] for s in found] == [[c.channel] for c in channels]
    assert [len(s.given) for s in found] == [1] + [0] * 11
    assert found[0].first.notes == (
        "12 channels of one place: each is taken for a sensor of its own",
    )


@pytest.mark.parametrize("azimuth", [np.int64(360), np.float32(0.0), 720])
def test_a_direction_is_a_plain_number_whatever_the_header_gave(azimuth):
    assert json.dumps(towards(azimuth).azimuth_deg) == "0.0"
