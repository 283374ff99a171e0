"""Events that may stand are followed from the beginning, and read by many requests at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from plumbline.collector.events.model import AlarmLevel, Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.serving.web.standing_history import StandingHistory


def event(number: int, level: AlarmLevel = AlarmLevel.RED) -> Event:
    return Event(
        id=str(number), kind=EventKind.TILT, structure="TWR01", onset_ns=number,
        detector="d", level=level, value=1.0, unit="µrad",
    )  # fmt: skip


def test_old_events_are_found_again_and_green_ones_never(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "events.db")
    store.save(event(2), event(1), event(3, AlarmLevel.GREEN))
    history = StandingHistory(store)
    assert [one.id for one in history.of_structure("TWR01")] == ["1", "2"]
    assert history.of_structure("TWR02") == []
    store.close()


def test_requests_that_come_together_all_see_every_event(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "events.db")
    history = StandingHistory(store)
    store.save(*(event(number) for number in range(2000)))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: len(history.of_structure("TWR01")), range(32)))
    assert found == [2000] * 32
    store.close()
