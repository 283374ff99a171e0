"""The slow stage: tilt from the journal, held while it shakes, as events that open and close."""

import json
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from plumbline.collector.events.model import Event, Kind, Level, Limit, finding_id
from plumbline.collector.events.store import EventStore
from plumbline.collector.journal.entry import Entry
from plumbline.collector.slow.levels import Watch
from plumbline.collector.slow.means import Mean, Means, Span
from plumbline.collector.slow.quantities import looked_at
from plumbline.collector.slow.settings import KINDS, SlowLimit, SlowSettings
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

SNAPSHOT = "slow"
FOR_EVER = 2**62
MOVED = (Kind.SHAKING, Kind.SWAY)


class SlowStage:
    """Keeps the state of every tiltmeter with its cursor, in the event store.

    Parameters
    ----------
    start
        Journal offset from which to begin without a snapshot.
    """

    name = "slow"

    def __init__(
        self,
        *,
        settings: SlowSettings,
        places: Mapping[str, Place],
        events: EventStore,
        start: int,
    ) -> None:
        self._settings = settings
        self._events = events
        self._cursor = start
        self._places = {k: p for k, p in places.items() if p.instrument.unit is Unit.TILT}
        self._means = {
            key: Means(
                place,
                window_s=settings.window_s,
                step_s=settings.step_s,
                lag_s=settings.lag_s,
            )
            for key, place in self._places.items()
        }
        kept = round(settings.rate_window_s / settings.step_s) + 2
        self._judged: dict[str, deque[Mean]] = {key: deque(maxlen=kept) for key in self._means}
        self._watches = {
            key: [Watch(limit) for limit in settings.limit if _is_at(limit, place)]
            for key, place in self._places.items()
        }
        if (snapshot := events.snapshot(SNAPSHOT)) is not None:
            self._restore(json.loads(snapshot))

    def cursor(self) -> int:
        """Journal offset from which to go on; kept with the state."""
        return self._cursor

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Judge what became due, then keep state, events and cursor together."""
        spoke = set()
        for entry in entries:
            block = entry.block()
            if block.stream.key in self._means and not entry.held_out:
                self._means[block.stream.key].see(block)
                spoke.add(block.stream.key)
        changed: dict[str, Event] = {}
        for key in sorted(spoke):
            holds = self._holds(self._places[key].structure.code)
            for mean in self._means[key].judged(holds):
                self._judged[key].append(mean)
                for watch in self._watches[key]:
                    if (event := self._looked(key, watch)) is not None:
                        changed[event.id] = event
        self._cursor = entries[-1].next_offset
        if spoke:
            body = json.dumps(self._state()).encode()
            self._events.save(*changed.values(), snapshot=(SNAPSHOT, body))

    def idle(self, now_ns: int) -> None:
        """Nothing to do without new samples: silence is told elsewhere."""

    def close(self) -> None:
        """Nothing to let go of; state is in the event store."""

    def _looked(self, key: str, watch: Watch) -> Event | None:
        """Return the event of a limit if this window changed it."""
        place = self._places[key]
        means = self._judged[key]
        looked = looked_at(
            watch.limit.of,
            means,
            place.instrument,
            window_s=self._settings.window_s,
            rate_window_s=self._settings.rate_window_s,
        )
        if looked is None or not watch.step(looked.size, means[-1].end_ns):
            return None
        limit = watch.limit
        detector = f"{limit.of}_level"
        closed = watch.level is Level.GREEN
        level, bound = watch.told()
        return Event(
            id=finding_id(detector, key, watch.since_ns),
            kind=KINDS[limit.of],
            structure=place.structure.code,
            onset_ns=watch.since_ns,
            closed_ns=means[-1].end_ns if closed else None,
            detector=detector,
            level=level,
            value=watch.worst,
            unit=limit.unit,
            limit=Limit(value=bound, unit=limit.unit, source=limit.source, standing=limit.standing),
            nodes={place.node.code: {"value": watch.worst, "unit": limit.unit}},
            evidence={**looked.evidence, "window_s": self._settings.window_s},
        )

    def _holds(self, structure: str) -> list[Span]:
        """Return the spans in which tilt is not judged: episodes, widened on both sides."""
        newest_ns = max((m[-1].end_ns for m in self._judged.values() if m), default=0)
        before = round(self._settings.hold_before_s * NS)
        after = round(self._settings.hold_after_s * NS)
        reach_ns = newest_ns - round((self._settings.window_s + 86_400) * NS)
        episodes = self._events.between(reach_ns, FOR_EVER, structure) + self._events.open()
        return [
            (
                event.onset_ns - before,
                FOR_EVER if event.closed_ns is None else event.closed_ns + after,
            )
            for event in episodes
            if event.kind in MOVED and event.structure == structure
        ]

    def _state(self) -> dict[str, Any]:
        return {
            "cursor": self._cursor,
            "streams": {
                key: {
                    "means": self._means[key].state(),
                    "judged": [(m.end_ns, m.tilt_urad, m.scale_urad) for m in self._judged[key]],
                    "watches": {_name(w.limit): w.state() for w in self._watches[key]},
                }
                for key in self._means
            },
        }

    def _restore(self, state: dict[str, Any]) -> None:
        self._cursor = state["cursor"]
        for key, kept in state["streams"].items():
            if key not in self._means:
                continue
            self._means[key].restore(kept["means"])
            self._judged[key].extend(
                Mean(end_ns=end_ns, tilt_urad=tuple(tilt), scale_urad=scale)
                for end_ns, tilt, scale in kept["judged"]
            )
            for watch in self._watches[key]:
                if _name(watch.limit) in kept["watches"]:
                    watch.restore(kept["watches"][_name(watch.limit)])


def _is_at(limit: SlowLimit, place: Place) -> bool:
    return (limit.structure, limit.node) == (place.structure.code, place.node.code)


def _name(limit: SlowLimit) -> str:
    """Name a limit so that a changed configuration does not take over another's state."""
    return json.dumps(limit.model_dump(mode="json"), sort_keys=True)
