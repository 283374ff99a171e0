"""What shaking blanks: from so long before it until so long after, of its own structure."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from plumbline.collector.events.blanking import FOREVER_NS, Blanking, unblanked
from plumbline.collector.events.model import AlarmLevel, Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.wire.block import NS

ONSET_NS = 1_782_000_000 * NS


def episode(name: str, onset_s: float, lasts_s: float | None, **changed: object) -> Event:
    onset_ns = ONSET_NS + round(onset_s * NS)
    words: dict[str, object] = {
        "id": name, "kind": EventKind.SHAKING, "structure": "TWR01", "onset_ns": onset_ns,
        "closed_ns": None if lasts_s is None else onset_ns + round(lasts_s * NS),
        "detector": "short_period", "level": AlarmLevel.AMBER, "value": 5.0, "unit": "gal",
    }  # fmt: skip
    return Event(**(words | changed))  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    opened = EventStore(tmp_path / "events.db")
    yield opened
    opened.close()


def seconds(spans: list[tuple[int, int]]) -> list[tuple[float, float]]:
    return [((a - ONSET_NS) / NS, b if b == FOREVER_NS else (b - ONSET_NS) / NS) for a, b in spans]


def test_an_episode_is_widened_on_both_sides_and_one_that_goes_on_has_no_end(store):
    blanking = Blanking(store, before_s=10, after_s=120)
    found = blanking.of([episode("a", 0, 30), episode("b", 50, None)])
    assert seconds(found) == [(-10, 150), (40, FOREVER_NS)]


def test_sway_blanks_too_and_what_is_no_motion_does_not(store):
    blanking = Blanking(store, before_s=1, after_s=2)
    kinds = (EventKind.SWAY, EventKind.TILT, EventKind.THRESHOLD)
    assert seconds(blanking.of(episode(k, 0, 1, kind=k) for k in kinds)) == [(-1, 3)]


def test_a_changed_event_and_another_structure_are_told_apart(store):
    blanking = Blanking(store, before_s=0, after_s=10)
    store.save(episode("a", 0, None), episode("b", 0, 5, structure="TWR02"))
    assert seconds(blanking.since("TWR01", ONSET_NS)) == [(0, FOREVER_NS)] * 2
    store.save(episode("a", 0, 20))
    assert seconds(blanking.since("TWR01", ONSET_NS)) == [(0, 30)]
    assert seconds(blanking.since("TWR02", ONSET_NS)) == [(0, 15)]


def test_a_sample_at_the_end_of_a_span_is_read_again():
    times = np.arange(6, dtype=np.int64)
    assert unblanked(times, [(1, 3), (2, 4)]).tolist() == [True, False, False, False, True, True]
    assert unblanked(times, []).all()
