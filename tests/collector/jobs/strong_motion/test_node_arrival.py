"""A node's own onset: before the episode's trigger where P was, and the quiet before it."""

from pathlib import Path

import numpy as np
import pytest
from places import START_NS, tower_places

from plumbline.collector.events.model import AlarmLevel, Event, EventKind
from plumbline.collector.jobs.strong_motion.node_measures import node_measures
from plumbline.collector.jobs.strong_motion.record_window import RecordWindow
from plumbline.collector.jobs.strong_motion.view import EpisodeView
from plumbline.wire.block import NS
from plumbline.wire.inventory.model import Role

RATE_HZ = 100.0
P_S, S_S, SECONDS = 30.0, 36.0, 90


def near_earthquake(p_ms2: float = 0.02) -> np.ndarray:
    """Return Z, N, E with P of 3 Hz on Z at 30 s and S of 1.5 Hz on N and E at 36 s."""
    t = np.arange(int(SECONDS * RATE_HZ)) / RATE_HZ
    x = 5e-4 * np.random.default_rng(4).normal(size=(3, t.size))
    p, s = np.maximum(t - P_S, 0), np.maximum(t - S_S, 0)
    x[0] += 9.81 + p_ms2 * np.sin(2 * np.pi * 3 * p) * np.exp(-p / 8) * (p > 0)
    x[1:] += 0.3 * np.sin(2 * np.pi * 1.5 * s) * np.exp(-s / 8) * (s > 0)
    return x


def measured(folder: Path, accel_ms2: np.ndarray, role: Role, onset_s: float = S_S + 1) -> dict:
    place = tower_places(folder)["XX.TWR01.0A.HN"]
    cut = RecordWindow(
        requested_ns=(START_NS, START_NS + SECONDS * NS),
        start_ns=START_NS,
        rate_hz=RATE_HZ,
        accel_ms2=accel_ms2,
        runs=1,
        recorded_s=SECONDS,
    )
    node = place.node.model_copy(update={"role": role})
    onset_ns = START_NS + round(onset_s * NS)
    return node_measures(cut, node, place.instrument.axes, onset_ns, None)


def test_an_onset_before_the_trigger_is_found_and_the_quiet_ends_before_it(tmp_path: Path) -> None:
    body = measured(tmp_path, near_earthquake(), Role.GROUND)
    arrived = body["arrival"]
    assert arrived["channel"] == "Z"
    assert arrived["at_s"] == pytest.approx(P_S, abs=0.08)
    assert arrived["onset_ns"] == pytest.approx(START_NS + P_S * NS, abs=0.08 * NS)
    assert 0 < arrived["sigma_s"] < 0.1
    # By the trigger alone the mean would take six seconds of P with it.
    assert body["rules"]["baseline_window_s"] == pytest.approx(arrived["at_s"] - 0.5, abs=0.011)
    assert arrived["early"]["above_noise"]
    assert arrived["early"]["window_s"] == 3.0


def test_on_a_floor_the_first_seconds_are_the_buildings_and_reach_no_limit(tmp_path: Path) -> None:
    strong = near_earthquake(p_ms2=3.0)
    assert not measured(tmp_path, strong, Role.ROOF)["arrival"]["early"]["of_ground"]
    assert not measured(tmp_path, strong, Role.ROOF)["arrival"]["early"]["damaging"]["reached"]


def test_where_nothing_arrives_the_trigger_stands(tmp_path: Path) -> None:
    still = 9.81 + 5e-4 * np.random.default_rng(1).normal(size=(3, int(SECONDS * RATE_HZ)))
    body = measured(tmp_path, still, Role.GROUND)
    assert body["arrival"] is None
    assert body["rules"]["baseline_window_s"] == pytest.approx(S_S + 1 - 0.5, abs=0.011)
    outside = measured(tmp_path, near_earthquake(), Role.GROUND, onset_s=-5.0)
    assert outside["arrival"] is None


def test_the_page_has_the_figures_that_stand_out_of_the_noise(tmp_path: Path) -> None:
    from plumbline.collector.events.store import EventStore
    from plumbline.collector.jobs.strong_motion.store import EpisodeStore

    events, store = EventStore(tmp_path / "events.db"), EpisodeStore(tmp_path / "episodes.db")
    try:
        event = Event(
            id="one", kind=EventKind.SHAKING, structure="TWR01", onset_ns=START_NS,
            detector="short_period", level=AlarmLevel.AMBER, value=30.0, unit="gal",
        )  # fmt: skip
        events.save(event)
        body = measured(tmp_path, near_earthquake(), Role.GROUND)
        store.save("one", "0A", body, final=True, now_ns=START_NS)
        old = {key: value for key, value in body.items() if key != "arrival"}
        store.save("one", "3A", old | {"node": "3A"}, final=True, now_ns=START_NS)
        latest = EpisodeView(events, store).latest(START_NS + NS)
        assert latest is not None
        ground, before = latest["nodes"]
        early = body["arrival"]["early"]
        assert ground["arrival"]["pd_cm"] == pytest.approx(100 * early["pd_m"])
        assert ground["arrival"]["tau_c_s"] == early["tau_c_s"]
        assert ground["arrival"]["onset_ns"] == str(body["arrival"]["onset_ns"])
        assert before["arrival"] is None  # measured before there was one
    finally:
        store.close()
        events.close()
