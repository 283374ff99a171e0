"""From records to structures: axes, nodes, who is on the ground, and what has no unit."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from plumbline.records import Record, Unit
from plumbline.records.orientation import oriented
from plumbline.research.replay import ReplayOptions, structures_of
from plumbline.research.replay.assembly import EPOCH_NS, NothingToReplay
from plumbline.research.replay.names import codes, short
from plumbline.wire.block import NS
from plumbline.wire.inventory import Role

N = 2000
START_NS = 1_543_598_946 * NS


def record(place: str = "", channel: str = "HNE", **stated) -> Record:
    rng = np.random.default_rng(abs(hash((place, channel))) % 1000)
    given = {
        "network": "XX", "station": "TWR01", "location": "", "place": place, "channel": channel,
        "rate_hz": 100.0, "values": rng.normal(size=N), "unit": Unit.GAL, "start_ns": START_NS,
        "orientation": oriented(channel[-1]), "source": Path("tower.file"),
    }  # fmt: skip
    return Record(**{**given, **stated})


def roles(*places: str) -> dict[str, Role]:
    (found,) = structures_of([record(place, "HN" + a) for place in places for a in "EN"])
    return {node.name: node.role for node in found.nodes}


def test_files_of_one_place_become_the_axes_of_one_node():
    (found,) = structures_of([record("Basement", "HN" + axis) for axis in "ENZ"])
    (node,) = found.nodes
    assert node.axes == ("HNE", "HNN", "HNZ")
    assert node.vertical == 2
    assert node.pieces[0].accel_ms2.shape == (3, N)


def test_a_lone_record_stands_on_the_ground_and_the_note_says_so():
    (found,) = structures_of([record()])
    assert [node.role for node in found.nodes] == [Role.GROUND]
    assert "judged as a structure with one node, on the ground" in found.notes[0]


def test_the_base_is_the_ground_and_a_free_field_is_a_free_field():
    assert roles("Roof W side", "Basement NW corner", "7th fl E side", "DH array surface") == {
        "Basement NW corner": Role.GROUND,
        "7th fl E side": Role.STRUCTURE,
        "Roof W side": Role.ROOF,
        "DH array surface": Role.FREE_FIELD,
    }


def test_without_a_base_the_lowest_level_is_taken_for_the_ground():
    assert roles("12th floor", "3rd floor") == {
        "3rd floor": Role.GROUND,
        "12th floor": Role.STRUCTURE,
    }


def test_places_of_unknown_level_all_count_as_ground():
    assert set(roles("somewhere", "elsewhere").values()) == {Role.GROUND}


def test_stations_stay_apart_unless_they_are_said_to_be_one_structure():
    two = [record("ground floor"), record("roof", station="TWR02")]
    assert len(structures_of(two)) == 2
    (one,) = structures_of(two, ReplayOptions(structure="Tower One"))
    assert [node.role for node in one.nodes] == [Role.GROUND, Role.ROOF]
    assert one.code == "TOWER"


def test_pieces_with_a_gap_between_them_are_one_node():
    later = record(start_ns=START_NS + 60 * NS)
    (found,) = structures_of([record(), later])
    (node,) = found.nodes
    assert [piece.start_ns for piece in node.pieces] == [START_NS, START_NS + 60 * NS]


def test_files_without_a_time_begin_together():
    two = [record("ground floor", start_ns=None), record("roof", start_ns=None)]
    (found,) = structures_of(two)
    assert not found.timed
    assert {node.pieces[0].start_ns for node in found.nodes} == {EPOCH_NS}


def test_a_record_without_a_unit_gets_ambient_quiet_parts_and_is_judged_alone():
    quiet = np.random.default_rng(1).normal(size=N)
    quiet[1500:1700] *= 50
    counts = [
        record(place, unit=Unit.COUNTS, values=1000 * quiet + 7e4) for place in ("ground", "roof")
    ]
    first, second = structures_of(counts)
    assert first.by_shape and second.by_shape
    assert first.nodes[0].peak_ms2 == pytest.approx(50 * 3.2 * 0.003, rel=0.3)
    assert "judged by shape" in " ".join(first.notes)


def test_the_size_of_a_record_without_a_unit_may_be_chosen():
    (found,) = structures_of([record(unit=Unit.COUNTS)], ReplayOptions(shape_peak_ms2=2.0))
    values = found.nodes[0].pieces[0].accel_ms2
    assert np.abs(values - np.median(values)).max() == pytest.approx(2.0)


def test_a_row_written_before_the_first_measurement_is_dropped():
    values = np.full(N, 981.0) + np.random.default_rng(1).normal(size=N)
    values[0] = 0.0
    (found,) = structures_of([record(values=values)])
    (piece,) = found.nodes[0].pieces
    assert piece.n_samples == N - 1
    assert piece.start_ns == START_NS + NS // 100


def test_velocity_alone_and_slow_records_are_refused_with_a_reason():
    with pytest.raises(NothingToReplay, match="no acceleration"):
        structures_of([record(unit=Unit.CMS)])
    with pytest.raises(NothingToReplay, match="too slow"):
        structures_of([replace(record(), rate_hz=5.0)])


def test_codes_fit_the_identity_of_a_stream_and_differ():
    assert short("VIÑA DEL MAR") == "VINADELMAR"
    assert codes(["01", "D0"], 2, exact=True) == ["01", "D0"]
    assert codes(["", ""], 2, exact=True) == ["01", "02"]
    assert codes(["TOWER", "TOWER"], 5) == ["TOWE1", "TOWE2"]
    assert short("塔") == "ST"


def test_a_recorder_of_many_channels_is_as_many_sensors():
    channels = [record(channel=f"C{number:02d}") for number in range(1, 13)]
    (found,) = structures_of(channels)
    assert [node.axes for node in found.nodes] == [(f"C{n:02d}",) for n in range(1, 13)]
    assert any("12 channels of one place" in note for note in found.notes)


def test_two_sensors_that_share_every_name_are_two_nodes():
    louder = [record(channel="HN" + axis) for axis in "ENZ"]
    louder = [replace(one, values=3 * one.values) for one in louder]
    (found,) = structures_of([*louder, *(record(channel="HN" + axis) for axis in "ENZ")])
    first, second = found.nodes
    assert first.peak_ms2 == pytest.approx(3 * second.peak_ms2, rel=0.05)
    assert len(first.pieces) == len(second.pieces) == 1


def test_more_nodes_than_numbers_still_have_codes_of_two():
    found = codes([""] * 150, 2, exact=True)
    assert len(set(found)) == 150
    assert {len(code) for code in found} == {2}
