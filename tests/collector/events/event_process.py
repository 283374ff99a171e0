"""A process that writes events into a store that others have open too, or follows it.

``python event_process.py FILE write NAME COUNT``: saves COUNT events, 1 to 20 at a time, some
with a snapshot; the revision of the store is read before each save, as the stages do.
``python event_process.py FILE follow COUNT``: waits and reads as alerting does until COUNT changes
were seen; prints revision and id of each as JSON.
"""

import json
import random
import sys
from pathlib import Path

from plumbline.collector.events.model import AlarmLevel, Event, EventKind
from plumbline.collector.events.store import EventStore


def event_of(writer: str, number: int) -> Event:
    return Event(
        id=f"{writer}-{number}",
        kind=EventKind.SHAKING,
        structure=writer,
        onset_ns=number,
        detector="short_period",
        level=AlarmLevel.AMBER,
        value=float(number),
        unit="gal",
    )


def write(store: EventStore, writer: str, count: int) -> None:
    rng = random.Random(writer)
    number = 0
    while number < count:
        size = min(rng.randint(1, 20), count - number)
        events = [event_of(writer, number + i) for i in range(size)]
        number += size
        before = store.revision
        snapshot = (writer, str(number).encode()) if rng.random() < 0.3 or number == count else None
        store.save(*events, snapshot=snapshot)
        if store.revision < before + size:
            raise SystemExit("the revision went back")


def follow(store: EventStore, count: int) -> list[tuple[int, str]]:
    seen: list[tuple[int, str]] = []
    while len(seen) < count:
        at = seen[-1][0] if seen else 0
        if store.wait(at, 30.0):
            seen += [(revision, event.id) for revision, event in store.changes(at)]
        else:
            raise SystemExit(f"nothing for 30 s behind revision {at}")
    return seen


def main() -> None:
    store = EventStore(Path(sys.argv[1]))
    if sys.argv[2] == "write":
        write(store, sys.argv[3], int(sys.argv[4]))
    else:
        print(json.dumps(follow(store, int(sys.argv[3]))))
    store.close()


if __name__ == "__main__":
    main()
