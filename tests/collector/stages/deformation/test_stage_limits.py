"""Limits of channels and of several: judged, waited for where one is late, never forgotten."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from deformation_rig import fed, known, limit, opened, saved_events, settings, stage
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from plumbline.collector.events.model import AlarmLevel, EventKind, Standing
from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.deformation import status as current

AT = known()
store = pytest.fixture(lambda tmp_path: (yield from opened(tmp_path / "events.db")))
RAFT = {"name": "raft", "kind": "chain", "of": ["1A.LA", "2A.LA", "3A.LA"]}
GROUP = {"name": "group", "kind": "mean", "of": ["1A.LA", "2A.LA", "3A.LA"]}


def steps(*levels, seconds=60):
    return np.repeat(levels, seconds).astype(float)


def beams(one, two, three):
    return {"1A.LA": one, "2A.LA": two, "3A.LA": three}


def test_a_cell_that_settles_opens_a_settlement(store: EventStore) -> None:
    wanted = limit("0C.LD", of="settlement", amber=5.0, red=10.0, owner="S. Chai")
    stage(store, settings(wanted), AT).take(fed(AT, {"0C.LD": steps(0, 6.5)}), 0)
    (event,) = saved_events(store)
    assert (event.kind, event.unit, event.level) == (EventKind.SETTLEMENT, "mm", AlarmLevel.AMBER)
    assert event.value == pytest.approx(6.5, abs=0.01)
    assert (event.limit.owner, event.limit.name) == ("S. Chai", "TWR01/0C.LD/settlement")
    assert event.evidence["quality"] == []


def test_a_chain_is_judged_by_its_lowest_joint(store: EventStore) -> None:
    wanted = limit("raft", of="differential_settlement", amber=3.0, red=10.0)
    tilts = beams(steps(0, 1000), steps(0, 1500), steps(0, -4000))  # 2, 5, -3 mm
    stage(store, settings(wanted, channels=[RAFT]), AT).take(fed(AT, tilts), 0)
    (event,) = saved_events(store)
    assert event.kind is EventKind.DIFFERENTIAL_SETTLEMENT
    assert event.value == pytest.approx(5.0, abs=0.01)
    assert event.evidence["largest_at"] == "2"
    assert sorted(event.nodes) == ["1A", "2A", "3A"]


def test_a_member_that_is_behind_is_waited_for_and_then_missing_by_name(store: EventStore) -> None:
    wanted = limit("group", amber=20.0, red=200.0)
    running = stage(store, settings(wanted, channels=[GROUP]), AT)
    late = np.r_[steps(30), np.full(120, np.nan)]
    running.take(fed(AT, beams(steps(30, 30, 30), steps(30, 30, 30), late)), 0)
    (event,) = saved_events(store)
    assert event.evidence["quality"] == []
    running.close()
    (now,) = current.levels(store_path(store))
    assert now.quality == ("3A.LA missing",)
    assert now.value == pytest.approx(30, abs=0.1)
    (group,) = current.channels(store_path(store))
    assert (group.name, group.quality) == ("group", ("3A.LA missing",))


def store_path(opened: EventStore) -> Path:
    return Path(opened._db.execute("PRAGMA database_list").fetchone()[2])


def test_so_many_out_of_several_must_be_over(store: EventStore) -> None:
    wanted = limit(channels=["1A.LA", "2A.LA", "3A.LA"], at_least=2)
    running = stage(store, settings(wanted), AT)
    running.take(fed(AT, beams(steps(0, 500, 500), steps(0, 0, 0), steps(0, 0, 0))), 0)
    assert saved_events(store) == []


def test_the_level_of_several_is_that_which_enough_of_them_reach(store: EventStore) -> None:
    wanted = limit(channels=["1A.LA", "2A.LA", "3A.LA"], at_least=2)
    running = stage(store, settings(wanted), AT)
    running.take(fed(AT, beams(steps(0, 500, 500), steps(0, 150, 150), steps(0, 0, 0))), 0)
    (event,) = saved_events(store)
    assert (event.level, event.evidence["channel"]) == (AlarmLevel.AMBER, "2A.LA")
    assert event.value == pytest.approx(150, abs=0.1)
    assert set(event.evidence["sizes"]) == {"1A.LA", "2A.LA", "3A.LA"}


def test_with_too_few_of_several_heard_nothing_is_decided(store: EventStore) -> None:
    wanted = limit(channels=["1A.LA", "2A.LA", "3A.LA"], at_least=2)
    running = stage(store, settings(wanted), AT)
    running.take(fed(AT, {"1A.LA": steps(500, 500, 500)}), 0)
    assert saved_events(store) == []


def test_a_limit_that_was_changed_closes_what_it_opened(store: EventStore) -> None:
    first = stage(store, settings(limit()), AT)
    tilt = np.stack([steps(0, 150), steps(0, 0)])
    first.take(fed(AT, {"0T.LA": tilt}), 0)
    first.close()
    assert [event.closed_ns for event in saved_events(store)] == [None]
    stage(store, settings(limit(amber=180.0)), AT)
    (event,) = saved_events(store)
    assert event.closed_ns is not None
    assert event.evidence["closed_because"] == "its limit was changed or removed"


def test_a_limit_that_is_only_reworded_keeps_its_event(store: EventStore) -> None:
    first = stage(store, settings(limit()), AT)
    first.take(fed(AT, {"0T.LA": np.stack([steps(0, 150), steps(0, 0)])}), 0)
    first.close()
    stage(store, settings(limit(owner="S. Chai", action={"amber": "Survey"})), AT)
    assert [event.closed_ns for event in saved_events(store)] == [None]


def test_two_limits_of_one_channel_have_an_event_each(store: EventStore) -> None:
    own = limit(standing=Standing.CANDIDATE, name="literature", amber=90.0)
    stage(store, settings(limit(), own), AT).take(
        fed(AT, {"0T.LA": np.stack([steps(0, 150), steps(0, 0)])}), 0
    )
    assert {event.limit.standing for event in saved_events(store)} == set(Standing) - {
        Standing.VERIFIED
    }


EVERYTHING = settings(
    limit("0T.LA", dwell_s=10),
    limit("0T.LA", rule="rate", amber=300.0, red=3000.0),
    limit("raft", of="differential_settlement", amber=0.2, red=0.6),
    limit("raft.2", of="differential_settlement", name="joint", amber=0.1, red=0.6),
    limit(channels=["1A.LA", "2A.LA", "3A.LA"], at_least=2, amber=60.0, red=110.0),
    limit("twist", amber=50.0, red=90.0),
    channels=[RAFT, {"name": "twist", "kind": "difference", "of": "1A.LA", "minus": "2A.LA"}],
)


def site_entries():
    rng = np.random.default_rng(5)

    def walk(*levels):
        return steps(*levels, seconds=50) + rng.normal(0, 3, 50 * len(levels))

    gone = walk(0, 0, 90, 40, 0, 0)
    gone[130:190] = np.nan  # silent for a minute
    tilts = beams(walk(0, 120, 120, 30, 0, 0), walk(0, 70, 0, 70, 0, 0), gone)
    return fed(
        AT, {"0T.LA": np.stack([walk(0, 150, 250, 150, 0, 0), walk(0, 0, 0, 0, 0, 0)]), **tilts}
    )


ENTRIES = site_entries()


def outcome(folder: Path, name: str, cuts: list[int], killed: set[int]):
    """Return every event and kept state after the entries came in these takes, with kills."""
    opened = EventStore(folder / f"{name}.db")
    running = stage(opened, EVERYTHING, AT)
    edges = [0, *cuts, len(ENTRIES)]
    for number, (begin, end) in enumerate(pairwise(edges)):
        if begin < end:
            running.take(ENTRIES[begin:end], number * 10**9)
        if number in killed:  # dropped without a word: what was not kept is replayed
            running = stage(opened, EVERYTHING, AT)
            done = running.cursor()
            if done < end:
                running.take(ENTRIES[done:end], number * 10**9)
    running.close()
    found = sorted(saved_events(opened), key=lambda event: event.id), opened.snapshots("slow/")
    opened.close()
    return found


@examples(max_examples=15)
@given(
    cuts=st.lists(st.integers(0, len(ENTRIES)), max_size=6).map(sorted),
    killed=st.sets(st.integers(0, 6), max_size=4),
)
def test_neither_splitting_nor_killing_changes_levels_events_or_state(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], killed: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("slow")
    whole, state = outcome(folder, "whole", [], set())
    again, state_again = outcome(folder, "again", cuts, killed)
    assert {event.detector for event in whole} == {
        "tilt_level", "tilt_rate", "differential_settlement_level",
    }  # fmt: skip
    assert again == whole
    assert state_again == state


def test_a_restart_after_every_single_entry_changes_nothing(tmp_path: Path) -> None:
    every = list(range(1, len(ENTRIES)))
    once = outcome(tmp_path, "once", [], set())
    assert outcome(tmp_path, "every", every, set(every)) == once
