"""Data that comes after its time: found, marked, and never in the way of what is live."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from detection_rig import (
    RATE_HZ,
    Given,
    blocks,
    journal,
    late_stage,
    run_stage,
    saved_events,
    seconds,
    stage,
    tower_places,
)
from motions import ambient, far, near
from places import START_NS

from plumbline.collector.events.model import EventKind
from plumbline.collector.events.store import EventStore
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

CUT_S, BACK_S, N = 60, 660, 72_000
"""A link of ten minutes is cut after one minute and back after eleven."""
TIME_S = np.arange(N) / RATE_HZ
NODES = (("0A", "ground"), *((f"{i}A", "structure") for i in range(1, 10)))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    opened = EventStore(tmp_path / "events.db")
    yield opened
    opened.close()


def cut_link(
    tower: dict[str, Place], ground: np.ndarray, seed: int = 1, sway: np.ndarray | float = 0.0
) -> list[Given]:
    """Return a journal: live, nothing for ten minutes, live again with the backlog between."""
    rng = np.random.default_rng(seed)
    live, backlog = [], []
    for number, place in enumerate(tower.values()):
        motion = ambient(rng, N, RATE_HZ) + (1 + 0.2 * number) * ground
        motion += 0.2 * number * sway
        for block in blocks(place, motion):
            at_s = seconds(block.start_ns)
            (live if at_s < CUT_S or at_s >= BACK_S else backlog).append(block)
    given = journal([live])
    back_ns = START_NS + BACK_S * NS
    drained = [
        Given(block, 0, back_ns + round((i + 1) * 50 * NS / len(backlog)))
        for i, block in enumerate(sorted(backlog, key=lambda b: b.start_ns))
    ]
    ordered = sorted([*given, *drained], key=lambda entry: entry.received_ns)
    return [Given(e.made, n, e.received_ns) for n, e in enumerate(ordered)]


def one_after_the_other(entries: list[Given], first: set[str]) -> list[Given]:
    """Let the backlog of some nodes come before that of all others."""

    def is_late(entry: Given) -> bool:
        return CUT_S <= seconds(entry.made.start_ns) < BACK_S

    late = [entry.made for entry in entries if is_late(entry)]
    ranked = iter(sorted(late, key=lambda block: block.stream.node not in first))
    return [Given(next(ranked) if is_late(e) else e.made, e.offset, e.received_ns) for e in entries]


def run_both(tower, store, entries):
    """Let the two stages hear everything, the late one after the live one as it may happen."""
    for own in (stage(tower, store), late_stage(tower, store)):
        run_stage(own, entries)
        finished(own, entries)


def finished(own, entries):
    last_ns = entries[-1].received_ns
    for wait_s in (0, 20, 40, 60):
        own.idle(last_ns + wait_s * NS)


def test_a_quake_inside_a_ten_minute_cut_is_one_late_episode(tmp_path, store):
    tower = tower_places(tmp_path, NODES)
    ground = near(np.random.default_rng(2), N, RATE_HZ, 80, 300.0)
    ground += far(TIME_S, 2.5, 10.0, 300.0, 10.0, 30.0, 20.0)
    entries = cut_link(tower, ground)
    run_both(tower, store, entries)
    (event,) = saved_events(store)
    assert event.late
    assert event.kind is EventKind.SHAKING
    assert 299 < seconds(event.onset_ns) < 303
    assert event.closed_ns is not None
    assert set(event.nodes) == set(tower)
    assert event.value == pytest.approx(80, abs=8)


@pytest.mark.parametrize("first", [{"1A", "3A"}, {"0A", "2A"}], ids=["roof first", "ground first"])
def test_agents_that_drain_one_after_the_other_make_one_late_episode(tmp_path, store, first):
    tower = tower_places(tmp_path, NODES[:4])
    ground = far(TIME_S, 2.5, 20.0, 300.0, 10.0, 90.0, 60.0)
    entries = one_after_the_other(cut_link(tower, ground), first)
    run_both(tower, store, entries)
    assert [event.kind for event in saved_events(store)] == [EventKind.SHAKING]
    assert set(saved_events(store)[0].nodes) == set(tower)


def test_sway_inside_a_cut_is_told_when_the_late_data_end(tmp_path, store):
    tower = tower_places(tmp_path, NODES[:4])
    swaying = far(TIME_S, 2.5, 20.0, 300.0, 10.0, 90.0, 60.0)
    entries = one_after_the_other(cut_link(tower, np.zeros(N), sway=swaying), {"1A", "3A"})
    run_both(tower, store, entries)
    (event,) = saved_events(store)
    assert (event.kind, event.late) == (EventKind.SWAY, True)
    assert 299 < seconds(event.onset_ns) < 330


def test_a_cut_without_a_quake_opens_nothing_when_it_ends(tmp_path, store):
    tower = tower_places(tmp_path, NODES)
    run_both(tower, store, cut_link(tower, np.zeros(N)))
    assert saved_events(store) == []


def test_the_live_state_after_a_cut_is_that_of_a_stream_that_began_then(tmp_path, store):
    tower = tower_places(tmp_path, NODES[:2])
    entries = cut_link(tower, near(np.random.default_rng(3), N, RATE_HZ, 80, 300.0))
    own = stage(tower, store)
    run_stage(own, entries)
    fresh_store = EventStore(tmp_path / "fresh.db")
    fresh = stage(tower, fresh_store)
    run_stage(fresh, [e for e in entries if seconds(e.made.start_ns) >= BACK_S])
    ours, theirs = own._pipeline.banks.snapshot(), fresh._pipeline.banks.snapshot()
    for name, array in theirs.items():
        np.testing.assert_array_equal(ours[name], array)
    fresh_store.close()


def test_a_restart_while_a_backlog_drains_finds_the_same(tmp_path):
    tower = tower_places(tmp_path, NODES[:3])
    entries = cut_link(tower, near(np.random.default_rng(4), N, RATE_HZ, 80, 300.0))
    whole, broken = EventStore(tmp_path / "whole.db"), EventStore(tmp_path / "broken.db")
    run_both(tower, whole, entries)
    middle = next(n for n, e in enumerate(entries) if 310 < seconds(e.made.start_ns) < 312)
    for made in (stage, late_stage):
        run_stage(made(tower, broken, snapshot_s=3.0), entries[:middle])
        again = made(tower, broken)
        assert 0 < again.cursor() < middle
        run_stage(again, entries[again.cursor() :])
        finished(again, entries)
    assert saved_events(broken) == saved_events(whole)
    assert [event.late for event in saved_events(whole)] == [True]
    whole.close()
    broken.close()


def test_what_a_late_node_felt_is_added_to_the_live_event(tmp_path, store):
    tower = tower_places(tmp_path, NODES[:4])
    rng = np.random.default_rng(5)
    n = 15_000
    ground = near(rng, n, RATE_HZ, 80, 60.0)
    motion = {name: ambient(rng, n, RATE_HZ) + ground for name in tower}
    punctual = journal(blocks(tower[k], x) for k, x in motion.items() if k in ("0A", "1A"))
    behind = [b for k in ("2A", "3A") for b in blocks(tower[k], 2 * motion[k])]
    first = [Given(b, 0, b.end_ns) for b in behind if seconds(b.end_ns) <= 50]
    last = [Given(b, 0, b.end_ns) for b in behind if seconds(b.start_ns) >= 140]
    late = [
        Given(b, 0, START_NS + round(151 * NS) + i)
        for i, b in enumerate(sorted(behind, key=lambda b: b.start_ns))
        if 50 < seconds(b.end_ns) <= 140
    ]
    ordered = sorted([*punctual, *first, *last, *late], key=lambda e: e.received_ns)
    entries = [Given(e.made, k, e.received_ns) for k, e in enumerate(ordered)]
    run_both(tower, store, entries)
    (event,) = saved_events(store)
    assert not event.late
    assert set(event.nodes) == set(tower)
    assert event.nodes["3A"]["late"] == 1
    assert event.nodes["3A"]["peak_gal"] == pytest.approx(160, abs=3)


def in_parts(entries: list[Given], order: list[tuple[float, float]]) -> list[Given]:
    """Let the backlog come in these parts, whichever comes first."""

    def rank(entry: Given) -> int:
        at_s = seconds(entry.made.start_ns)
        return next(n for n, (first, last) in enumerate(order) if first <= at_s < last)

    late = [e for e in entries if CUT_S <= seconds(e.made.start_ns) < BACK_S]
    ranked = iter([e.made for e in sorted(late, key=rank)])
    return [Given(next(ranked) if e in late else e.made, e.offset, e.received_ns) for e in entries]


@pytest.mark.parametrize(
    "order",
    [
        [(CUT_S, BACK_S)],
        [(500, BACK_S), (CUT_S, 500)],
        [(400, 500), (500, BACK_S), (200, 400), (CUT_S, 200)],
        [(305, 320), (CUT_S, 305), (320, BACK_S)],
    ],
    ids=["in order", "newest first", "backwards", "from the middle of the quake"],
)
def test_a_backlog_in_any_order_finds_the_quake_in_it(tmp_path, store, order):
    tower = tower_places(tmp_path, NODES[:3])
    entries = cut_link(tower, near(np.random.default_rng(2), N, RATE_HZ, 80, 300.0))
    run_both(tower, store, in_parts(entries, order))
    (event,) = saved_events(store)
    assert (event.kind, event.late) == (EventKind.SHAKING, True)
    assert 299 < seconds(event.onset_ns) < 303
    assert set(event.nodes) == set(tower)


def test_what_waits_for_its_turn_survives_a_restart(tmp_path, store):
    tower = tower_places(tmp_path, NODES[:3])
    ground = near(np.random.default_rng(2), N, RATE_HZ, 80, 600.0)
    entries = in_parts(cut_link(tower, ground), [(500, BACK_S), (CUT_S, 500)])
    middle = next(n for n, e in enumerate(entries) if 300 < seconds(e.made.start_ns) < 302)
    own = late_stage(tower, store)
    run_stage(own, entries[:middle])
    own.close()
    again = late_stage(tower, store)
    run_stage(again, entries[again.cursor() :])
    finished(again, entries)
    (event,) = saved_events(store)
    assert 599 < seconds(event.onset_ns) < 603


def test_a_quake_in_what_came_when_nobody_waited_for_it_any_more_is_found(tmp_path, store):
    tower = tower_places(tmp_path, NODES[:3])
    ground = near(np.random.default_rng(2), N, RATE_HZ, 80, 300.0)
    parts = in_parts(cut_link(tower, ground), [(500, BACK_S), (CUT_S, 500)])
    entries = [
        e
        if seconds(e.made.start_ns) >= 500 or seconds(e.made.start_ns) < CUT_S
        else Given(e.made, e.offset, e.received_ns + 25 * NS)
        for e in parts
    ]
    ordered = sorted(entries, key=lambda e: e.received_ns)
    run_both(tower, store, [Given(e.made, n, e.received_ns) for n, e in enumerate(ordered)])
    (event,) = saved_events(store)
    assert (event.late, 299 < seconds(event.onset_ns) < 303) == (True, True)
