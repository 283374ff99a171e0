"""Recorded earthquakes through the stage: the tower of Anchorage, the lake bed of Mexico City."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from detection_rig import START_NS, journal, run_stage, saved_events, seconds, stage, tower_places
from motions import instrument
from places import block_of
from where import shared_data

from plumbline.collector.events.model import EventKind
from plumbline.collector.events.store import EventStore
from plumbline.records import read_records
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place

NOISE_S = 20.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    opened = EventStore(tmp_path / "events.db")
    yield opened
    opened.close()


def lone(folder: Path, rate_hz: float) -> dict[str, Place]:
    """Return a structure with one node on the ground, sampled at a rate."""
    (place,) = tower_places(folder, (("0A", "ground"),)).values()
    faster = place.instrument.model_copy(update={"rate_hz": rate_hz})
    return {"0A": replace(place, instrument=faster)}


def with_noise(place: Place, rows: np.ndarray) -> Iterator[Block]:
    """Cut a record into blocks, with instrument noise before it."""
    rate_hz = place.instrument.rate_hz
    rng = np.random.default_rng(1)
    n_before = round(NOISE_S * rate_hz)
    still = rows[:, : round(rate_hz)].mean(axis=1, keepdims=True)
    before = still + [instrument(rng, n_before, rate_hz) for _ in rows]
    whole = np.concatenate([before, rows], axis=1)
    size = round(rate_hz)
    for seq, first in enumerate(range(0, whole.shape[1], size)):
        start_ns = START_NS + round(first * NS / rate_hz)
        yield block_of(place, whole[:, first : first + size], seq=seq, start_ns=start_ns)


def test_the_base_of_the_atwood_building_is_one_shaking(tmp_path, store):
    folder = shared_data("atwood-2018-anchorage")
    files = [folder / f"NP8040-n.1000hyfh.{name}.V1c" for name in ("HNZ.03", "HNN.02", "HNE.01")]
    records = read_records(files)
    rows = np.stack([record.si() for record in records])
    tower = lone(tmp_path, records[0].rate_hz)
    run_stage(stage(tower, store), journal([with_noise(tower["0A"], rows)]))
    (event,) = saved_events(store)
    assert (event.kind, event.detector) == (EventKind.SHAKING, "short_period")
    # The header's largest: -221.811 gal, vertical; the mean before is all that is removed.
    assert event.value == pytest.approx(221.811, rel=0.02)


def test_mexico_city_1985_is_opened_by_the_long_period_trigger_alone(tmp_path, store):
    folder = shared_data("sct-1985-mexico")
    table = np.loadtxt(folder / "sct190985.txt")
    rows = table[:, [3, 1, 2]].T * 9.80665
    tower = lone(tmp_path, 50.0)
    own = stage(tower, store, short_period=False)
    run_stage(own, journal([with_noise(tower["0A"], rows)]))
    (event,) = saved_events(store)
    assert (event.kind, event.detector) == (EventKind.SHAKING, "long_period")
    assert NOISE_S - 1 < seconds(event.onset_ns) < NOISE_S + 3
    assert event.value == pytest.approx(167.9, rel=0.02)
