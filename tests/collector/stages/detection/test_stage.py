"""The detect stage: what opens an episode, what does not, and what a restart changes: nothing."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from detection_rig import (
    RATE_HZ,
    blocks,
    journal,
    run_stage,
    saved_events,
    seconds,
    stage,
    tower_places,
)
from motions import ambient, blows, far, gusts, near

from plumbline.collector.events.model import AlarmLevel, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

N = 15_000
TIME_S = np.arange(N) / RATE_HZ


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    opened = EventStore(tmp_path / "events.db")
    yield opened
    opened.close()


@pytest.fixture
def tower(tmp_path: Path) -> dict[str, Place]:
    return tower_places(tmp_path)


def still(seed: int = 1, n: int = N) -> dict[str, np.ndarray]:
    """Return ambient motion of three nodes."""
    rng = np.random.default_rng(seed)
    return {
        node: np.stack([ambient(rng, n, RATE_HZ) for _ in range(3)]) for node in ("0A", "1A", "3A")
    }


def shaken(motion: dict[str, np.ndarray], ground: np.ndarray) -> dict[str, np.ndarray]:
    """Add ground motion and what the floors make of it."""
    return {
        node: x + factor * ground
        for (node, x), factor in zip(motion.items(), (1, 2, 4), strict=True)
    }


def entries_of(tower, motion, **how):
    return journal(blocks(tower[node], x, **how) for node, x in motion.items())


def test_a_far_earthquake_is_one_shaking_opened_by_the_long_period_trigger(tower, store):
    motion = shaken(still(), far(TIME_S, 3.0, 4.0, 40.0, 25.0, 20.0, 20.0))
    run_stage(stage(tower, store), entries_of(tower, motion))
    (event,) = saved_events(store)
    assert (event.kind, event.detector) == (EventKind.SHAKING, "long_period")
    assert 40.0 < seconds(event.onset_ns) < 55.0
    assert event.evidence["short_period"]["triggered"] is False
    assert event.value == pytest.approx(4.0, abs=1.5)
    assert event.closed_ns is not None


def test_a_near_earthquake_is_one_shaking_with_what_each_node_felt(tower, store):
    ground = near(np.random.default_rng(2), N, RATE_HZ, 120, 60.0)
    run_stage(stage(tower, store), entries_of(tower, shaken(still(), ground)))
    (event,) = saved_events(store)
    assert (event.kind, event.detector) == (EventKind.SHAKING, "short_period")
    assert 59.5 < seconds(event.onset_ns) < 61.5
    assert event.unit == "gal"
    # Ambient noise of 0.3 gal rms rides on every peak.
    assert event.value == pytest.approx(120, abs=1.5)
    for node, peak_gal in (("0A", 120), ("1A", 240), ("3A", 480)):
        assert event.nodes[node]["peak_gal"] == pytest.approx(peak_gal, abs=1.5)
        assert event.nodes[node]["onset_ns"] >= event.onset_ns - 2 * NS


def test_two_earthquakes_half_a_minute_apart_are_two_events(tower, store):
    ground = near(np.random.default_rng(3), N, RATE_HZ, 150, 30.0)
    ground += far(TIME_S, 3.0, 4.0, 83.0, 22.0, 20.0, 20.0)
    run_stage(stage(tower, store), entries_of(tower, shaken(still(), ground)))
    first, second = saved_events(store)
    assert (first.detector, second.detector) == ("short_period", "long_period")
    assert first.closed_ns < second.onset_ns


def test_a_building_that_still_rings_does_not_count_as_triggered_anew(tower, store):
    ground = near(np.random.default_rng(3), N, RATE_HZ, 150, 30.0)
    far_off = far(TIME_S, 3.0, 4.0, 83.0, 22.0, 20.0, 20.0)
    motion = shaken(still(), ground + far_off)
    ringing = np.where(TIME_S > 30, 30 * 0.01 * np.exp(-(TIME_S - 30) / 40), 0.0)
    motion["3A"] = motion["3A"] + ringing * np.sin(2 * np.pi * 1.5 * TIME_S)
    run_stage(stage(tower, store), entries_of(tower, motion))
    _, second = saved_events(store)
    short = second.evidence["short_period"]
    assert (short["triggered"], short["on_from_before"]) == (False, ["3A"])


def test_piling_opens_nothing(tower, store):
    ground = np.zeros(N)
    ground[4000:10000] = blows(np.random.default_rng(4), 6000, RATE_HZ, 60, 1.5, 10.0)
    run_stage(stage(tower, store), entries_of(tower, shaken(still(), 0.5 * ground)))
    assert saved_events(store) == []


def test_wind_on_the_roof_is_sway_and_never_an_earthquake(tower, store):
    motion = still()
    motion["3A"] = motion["3A"] + gusts(np.random.default_rng(5), N, RATE_HZ, 6.0)
    run_stage(stage(tower, store), entries_of(tower, motion))
    assert saved_events(store)
    assert {event.kind for event in saved_events(store)} == {EventKind.SWAY}


def test_one_shaken_ground_node_among_several_is_not_enough(tower, store):
    motion = still()
    motion["0A"] = motion["0A"] + near(np.random.default_rng(6), N, RATE_HZ, 80, 60.0)
    run_stage(stage(tower, store), entries_of(tower, motion))
    assert saved_events(store) == []


def test_the_only_node_of_a_structure_is_enough(tmp_path, store):
    alone = tower_places(tmp_path, (("0A", "ground"),))
    motion = {"0A": still()["0A"] + near(np.random.default_rng(7), N, RATE_HZ, 80, 60.0)}
    run_stage(stage(alone, store), entries_of(alone, motion))
    assert [event.kind for event in saved_events(store)] == [EventKind.SHAKING]


def test_a_detector_that_is_off_opens_nothing_but_still_says_what_it_heard(tower, store):
    ground = near(np.random.default_rng(8), N, RATE_HZ, 60, 60.0)
    ground += far(TIME_S, 2.0, 30.0, 60.0, 5.0, 20.0, 10.0)
    own = stage(tower, store, short_period=False)
    run_stage(own, entries_of(tower, shaken(still(), ground)))
    (event,) = saved_events(store)
    assert event.detector == "long_period"
    assert event.evidence["short_period"]["triggered"] is True


@pytest.mark.parametrize("stop_after", [5, 61, 190, 200, 215, 300])
def test_a_restart_in_the_middle_changes_no_event(tower, tmp_path, stop_after):
    ground = near(np.random.default_rng(9), N, RATE_HZ, 150, 60.0)
    entries = entries_of(tower, shaken(still(), ground))
    whole = EventStore(tmp_path / "whole.db")
    run_stage(stage(tower, whole), entries)
    broken = EventStore(tmp_path / "broken.db")
    first = stage(tower, broken, snapshot_s=17.0)
    run_stage(first, entries[:stop_after], size=3)
    again = stage(tower, broken)  # the first was killed: it kept nothing on its way out
    run_stage(again, entries[again.cursor() :])
    assert saved_events(broken) == saved_events(whole)
    whole.close()
    broken.close()


def test_what_was_told_before_a_kill_is_not_told_again(tower, store):
    ground = near(np.random.default_rng(10), N, RATE_HZ, 150, 30.0)
    entries = entries_of(tower, shaken(still(), ground))
    own = stage(tower, store, snapshot_s=1e6)
    run_stage(own, entries[:-3], size=3)
    (event,) = saved_events(store)
    assert event.closed_ns is not None
    revision = store.revision
    again = stage(tower, store, snapshot_s=1e6)
    assert again.cursor() < len(entries) // 2
    run_stage(again, entries[again.cursor() : -3])
    assert store.revision == revision


def test_an_episode_is_revised_every_second_while_it_goes_on(tower, store):
    motion = shaken(still(), far(TIME_S, 3.0, 4.0, 40.0, 25.0, 20.0, 20.0))
    run_stage(stage(tower, store), entries_of(tower, motion), size=3)
    (event,) = saved_events(store)
    lasted_s = seconds(event.closed_ns) - seconds(event.onset_ns)
    assert 0.8 * lasted_s < store.revision < 1.5 * lasted_s + 10


def test_limits_somebody_answers_for_decide_the_level(tower, store):
    ground = near(np.random.default_rng(11), N, RATE_HZ, 120, 60.0)
    bounds = {"structure": "TWR01", "source": "A. Responsible 2026-03-01", "standing": "project"}
    own = stage(tower, store, limit=[bounds | {"amber": 20, "red": 100, "black": 300}])
    run_stage(own, entries_of(tower, shaken(still(), ground)))
    (event,) = saved_events(store)
    assert event.level is AlarmLevel.RED
    assert event.limit is not None
    assert (event.limit.value, event.limit.source) == (100, "A. Responsible 2026-03-01")


def test_a_candidate_limit_is_shown_and_changes_nothing(tower, store):
    ground = near(np.random.default_rng(11), N, RATE_HZ, 120, 60.0)
    own = stage(tower, store, limit=[{"structure": "TWR01", "red": 100, "source": "hearsay"}])
    run_stage(own, entries_of(tower, shaken(still(), ground)))
    (event,) = saved_events(store)
    assert (event.level, event.limit) == (AlarmLevel.AMBER, None)
    assert event.evidence["candidate_limits"] == [
        {"level": "red", "gal": 100.0, "source": "hearsay"}
    ]
