"""Two claims of one stream, and clocks that are wrong: neither makes detection deaf."""

from collections.abc import Iterator
from dataclasses import replace
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
from motions import ambient, near

from plumbline.collector.events.store import EventStore
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

N = 15_000
HOUR_NS = 3600 * NS
Tower = dict[str, Place]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    opened = EventStore(tmp_path / "events.db")
    yield opened
    opened.close()


@pytest.fixture
def tower(tmp_path: Path) -> Tower:
    return tower_places(tmp_path)


def shaken(tower: Tower) -> list[Given]:
    rng = np.random.default_rng(3)
    ground = near(rng, N, RATE_HZ, 60.0, 100.0)
    return journal([blocks(place, ambient(rng, N, RATE_HZ) + ground) for place in tower.values()])


def ordered(entries: list[Given]) -> list[Given]:
    return [
        Given(entry.made, number, entry.received_ns, entry.held_out)
        for number, entry in enumerate(sorted(entries, key=lambda each: each.received_ns))
    ]


def expect_one_live_event(store: EventStore) -> None:
    (event,) = [event for event in saved_events(store) if not event.late]
    assert 99 < seconds(event.onset_ns) < 103
    assert {"0A", "3A"} <= set(event.nodes)


def run_all(tower: Tower, store: EventStore, entries: list[Given]) -> None:
    for own in (stage(tower, store), late_stage(tower, store)):
        run_stage(own, entries)
        for wait_s in (0, 20, 40, 60):
            own.idle(entries[-1].received_ns + wait_s * NS)


@pytest.mark.parametrize("first", [1, 5])
def test_quiet_blocks_with_numbers_to_come_do_not_silence_the_ground(
    store: EventStore, tower: Tower, first: int
) -> None:
    entries = shaken(tower)
    rng = np.random.default_rng(9)
    at_ns = next(e.received_ns for e in entries if seconds(e.made.start_ns) > 90)
    forged = []
    for node in ("0A", "3A"):
        quiet = list(blocks(tower[node], ambient(rng, N, RATE_HZ)))
        forged += [Given(block, 0, at_ns) for block in quiet[91 + first : 91 + first + 58]]
    taken = {(each.made.stream.key, each.made.seq) for each in forged}
    real = [
        replace(e, held_out=(e.made.stream.key, e.made.seq) in taken and e.received_ns > at_ns)
        for e in entries
    ]
    run_all(tower, store, ordered([*real, *forged]))
    expect_one_live_event(store)


def test_a_cloned_agent_with_a_boot_of_its_own_does_not_silence_the_node(
    store: EventStore, tower: Tower
) -> None:
    entries = shaken(tower)
    rng = np.random.default_rng(9)
    start_ns = entries[0].made.start_ns + 40 * NS + 300_000_000
    quiet = blocks(tower["0A"], ambient(rng, 11_000, RATE_HZ), start_ns=start_ns, boot=99)
    run_all(tower, store, ordered([*entries, *journal([quiet])]))
    expect_one_live_event(store)


@pytest.mark.parametrize("nodes", [("0A", "1A", "3A"), ("0A",)], ids=["all", "the ground"])
def test_nodes_an_hour_ahead_of_the_collector_are_heard_at_their_arrival(
    store: EventStore, tower: Tower, nodes: tuple[str, ...]
) -> None:
    ahead = [
        replace(
            entry,
            made=replace(entry.made, start_ns=entry.made.start_ns + HOUR_NS),
            held_out=True,
        )
        if entry.made.stream.node in nodes
        else entry
        for entry in shaken(tower)
    ]
    run_all(tower, store, ahead)
    expect_one_live_event(store)


def test_a_clock_that_steps_back_under_the_same_numbers_goes_on(
    store: EventStore, tower: Tower
) -> None:
    stepped = [
        replace(entry, made=replace(entry.made, start_ns=entry.made.start_ns + HOUR_NS))
        if seconds(entry.made.start_ns) < 50
        else entry
        for entry in shaken(tower)
    ]
    run_all(tower, store, stepped)
    expect_one_live_event(store)


def test_a_collector_an_hour_ahead_ends_nothing_that_goes_on(
    store: EventStore, tower: Tower
) -> None:
    entries = [replace(e, received_ns=e.received_ns + HOUR_NS) for e in shaken(tower)]
    own = stage(tower, store)
    for first in range(0, len(entries), 3):
        run_stage(own, entries[first : first + 3], size=3)
        own.idle(entries[first].received_ns + NS // 2)
    expect_one_live_event(store)
    (event,) = saved_events(store)
    assert event.closed_ns is not None
    assert event.evidence["ended"] == "quiet"


def test_an_event_of_a_node_that_falls_silent_ends_all_the_same(
    store: EventStore, tower: Tower
) -> None:
    entries = [e for e in shaken(tower) if seconds(e.made.start_ns) < 110]
    own = stage(tower, store)
    run_stage(own, entries)
    own.idle(entries[-1].received_ns + 121 * NS)
    own.idle(entries[-1].received_ns + 122 * NS)
    (event,) = saved_events(store)
    assert event.closed_ns is not None
