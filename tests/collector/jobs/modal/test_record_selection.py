"""The record that is identified is quiet and shared by all; it gives the frame's modes."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from places import tower_places
from recorded import HOUR_NS, T0_NS, Recorded, built, level
from shear_frame import frequencies_hz, response, shapes

from plumbline.analysis.modal import mac
from plumbline.collector.events.model import AlarmLevel, Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.jobs.modal.channel_selection import tracked_streams
from plumbline.collector.jobs.modal.identification import ModalResult
from plumbline.collector.jobs.modal.job import ModalJob
from plumbline.collector.jobs.modal.record_selection import (
    SelectedRecord,
    quiet_record,
    temperature_c,
)
from plumbline.collector.jobs.modal.settings import ModalSettings, modal_problems
from plumbline.collector.jobs.modal.store import ModalStore
from plumbline.wire.block import FOREVER_NS, NS
from plumbline.wire.inventory.lookup import Place

FLOORS = ("XX.TWR01.1A.HN", "XX.TWR01.2A.HN", "XX.TWR01.3A.HN")
WARM = "XX.TWR01.0A.LK"
FIRST_HZ = 0.9


@pytest.fixture
def known(tmp_path: Path) -> dict[str, Place]:
    return built(tmp_path)


def noisy(minutes: int, seed: int, louder: range = range(0)) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = rng.normal(0, 0.01, (2, minutes * 6000))
    rows[:, louder.start * 6000 : louder.stop * 6000] *= 20
    return level(list(rows))


def selected(
    tower: Recorded, blanked: list[tuple[int, int]], minutes: int = 60
) -> SelectedRecord | None:
    return quiet_record(
        tower, tracked_streams(tower.known, None)["TWR01"], (T0_NS, T0_NS + minutes * 60 * NS),
        blanked, window_s=600, least_s=600, high_hz=10.0,
    ).record  # fmt: skip


def at_minute(tower_ns: int) -> float:
    return (tower_ns - T0_NS) / (60 * NS)


def test_the_quietest_stretch_is_taken(known: dict[str, Place]) -> None:
    tower = Recorded(known)
    for seed, key in enumerate(FLOORS):
        tower.put(key, noisy(30, seed, louder=range(3, 16)), T0_NS)
    record = selected(tower, [], 30)
    assert record is not None
    assert at_minute(record.span_ns[0]) >= 16
    assert record.span_ns[1] - record.span_ns[0] == 600 * NS
    assert record.channels == ("1A.N", "1A.E", "2A.N", "2A.E", "3A.N", "3A.E")
    assert record.accel_ms2.shape == (6, 600 * 50)
    assert record.accel_ms2.std() == pytest.approx(0.01 * np.sqrt(0.5), rel=0.1)  # of 50 Hz, half


def test_no_part_of_an_episode_is_in_it(known: dict[str, Place]) -> None:
    tower = Recorded(known)
    for seed, key in enumerate(FLOORS):
        tower.put(key, noisy(25, seed), T0_NS)
    hold = (T0_NS + 4 * 60 * NS, T0_NS + 13 * 60 * NS)
    record = selected(tower, [hold], 25)
    assert record is not None
    assert at_minute(record.span_ns[0]) >= 13
    everything = (T0_NS + 4 * 60 * NS, FOREVER_NS)
    found = quiet_record(
        tower, tracked_streams(known, None)["TWR01"], (T0_NS, T0_NS + 25 * 60 * NS),
        [everything], window_s=600, least_s=600, high_hz=10.0,
    )  # fmt: skip
    assert found.record is None
    assert found.shaken


def test_a_node_that_was_silent_does_not_cost_the_others(known: dict[str, Place]) -> None:
    tower = Recorded(known)
    tower.put(FLOORS[0], noisy(2, 1), T0_NS)
    for seed, key in enumerate(FLOORS[1:]):
        tower.put(key, noisy(12, seed), T0_NS)
    record = selected(tower, [], 12)
    assert record is not None
    assert record.left_out == (FLOORS[0],)
    assert record.channels[0] == "2A.N"


def test_too_little_is_none_and_is_not_called_shaken(known: dict[str, Place]) -> None:
    tower = Recorded(known)
    tower.put(FLOORS[2], noisy(9, 1), T0_NS)
    streams = tracked_streams(known, None)["TWR01"]
    for archive in (tower, Recorded(known)):
        found = quiet_record(
            archive, streams, (T0_NS, T0_NS + HOUR_NS), [], window_s=600, least_s=600, high_hz=10
        )
        assert (found.record, found.shaken) == (None, False)


def test_temperature_is_the_mean_of_the_sensors_medians(known: dict[str, Place]) -> None:
    tower = Recorded(known)
    span = (T0_NS, T0_NS + 60 * NS)
    assert temperature_c(tower, [known[WARM]], span) is None
    tower.put(WARM, np.full((1, 60), 31.5), T0_NS)
    assert temperature_c(tower, [known[WARM]], span) == pytest.approx(31.5)


@pytest.fixture
def frame(known: dict[str, Place], tmp_path: Path) -> Iterator[tuple[ModalJob, EventStore]]:
    """A three-storey frame swaying north in the wind for twelve minutes, at 28.5 degrees."""
    rng = np.random.default_rng(7)
    floors = response(3, FIRST_HZ, 0.02, 100.0, 720, rng, noise=0.05)
    floors *= 0.02 / floors.std()
    tower = Recorded(known)
    for row, key in zip(floors, FLOORS, strict=True):
        tower.put(key, level([row, rng.normal(0, 0.001, row.size)]), T0_NS)
    tower.put(WARM, np.full((1, 720), 28.5), T0_NS)
    events, store = EventStore(tmp_path / "events.db"), ModalStore(tmp_path / "modal.db")
    made = ModalJob(
        settings=ModalSettings(every_s=720, window_s=600, high_hz=5), places=known, events=events,
        store=store, archive=tower,
    )  # fmt: skip
    yield made, events
    store.close()
    events.close()


def test_a_frame_in_the_wind_has_the_frames_modes(frame: tuple[ModalJob, EventStore]) -> None:
    job, events = frame
    events.save(
        Event(
            id="before", kind=EventKind.SHAKING, structure="TWR01", onset_ns=T0_NS - 1800 * NS,
            closed_ns=T0_NS - 1500 * NS, detector="short_period", level=AlarmLevel.AMBER,
            value=9.0, unit="gal",
        )
    )  # fmt: skip
    window = job._window("TWR01", T0_NS + 720 * NS)
    assert window.outcome == ModalResult.IDENTIFIED
    body = window.body
    assert body["temperature_c"] == pytest.approx(28.5)
    # the shaking ended 25 minutes before: it still recovers, and teaches no baseline
    assert body["phase"] == "recovery"
    assert 1500 <= body["since_shaking_s"] < 1500 + 720 - 600 + 1
    north = [k for k, name in enumerate(body["channels"]) if name.endswith(".N")]
    found = {
        round(mode["frequency_hz"], 3): np.array([complex(*pair) for pair in mode["shape"]])[north]
        for mode in body["modes"]
    }
    for hz, shape in zip(frequencies_hz(3, FIRST_HZ), shapes(3), strict=True):
        nearest = min(found, key=lambda f: abs(f - hz))
        assert nearest == pytest.approx(hz, rel=0.01)
        assert mac(found[nearest], shape)[0, 0] > 0.98


def test_only_what_stands_above_the_base_is_followed(tmp_path: Path) -> None:
    many = (("0A", "ground"), *((f"{k:02d}", "structure") for k in range(1, 20)), ("99", "roof"))
    (streams,) = tracked_streams(built(tmp_path, nodes=many), None).values()
    codes = [place.node.code for place in streams]
    assert codes[0] == "01"
    assert codes[-1] == "99"
    assert len(codes) == 6
    assert tracked_streams(tower_places(tmp_path), ["TWR09"]) == {}


def test_what_the_inventory_does_not_bear_out_is_told(tmp_path: Path) -> None:
    known = built(tmp_path, nodes=(("0A", "ground"),))
    settings = ModalSettings.model_validate(
        {
            "structures": ["TWR01", "TWR09"],
            "alarm": [
                {"structure": "TWR08", "engineer": "x", "date": "2026-01-01", "document": "y"}
            ],
        }
    )
    few, unknown, alarm = [str(problem) for problem in modal_problems(settings, known)]
    assert "fewer than two horizontal" in few
    assert "'TWR09' is not in the inventory" in unknown
    assert "'TWR08' is not in the inventory" in alarm
    with pytest.raises(ValueError, match="least_s <= window_s <= every_s"):
        ModalSettings(every_s=700, window_s=1200)
