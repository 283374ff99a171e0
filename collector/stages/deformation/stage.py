"""The slow stage: tilt and settlement from the journal, held while it shakes, judged by limits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from plumbline.collector.events.model import Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.health.conditions import Conditions
from plumbline.collector.journal.entry import Entry
from plumbline.collector.limits.approval import Approvals, ConfiguredApprovals
from plumbline.collector.stages.checkpointer import StateRows, state_row
from plumbline.collector.stages.deformation import state_keys
from plumbline.collector.stages.deformation.alignment import Interval
from plumbline.collector.stages.deformation.backfill import Backfill, Window, filled
from plumbline.collector.stages.deformation.blanking import Blanking
from plumbline.collector.stages.deformation.build import Parts, assembled
from plumbline.collector.stages.deformation.hourly_medians import HOUR_NS
from plumbline.collector.stages.deformation.limit_evaluator import LimitEvaluator
from plumbline.collector.stages.deformation.limit_settings import DETECTORS
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

AT_ONCE_S = 0.25
"""How long one call may go on reading history, so that what arrives does not wait."""
DAY_HOURS = 24


class DeformationStage:
    """Keeps the state of every instrument and limit with its cursor, in the event store.

    Parameters
    ----------
    start
        Journal offset from which to begin without a kept state.
    standings
        Tells which limits may call people now.
    window
        Returns archived blocks, for history; without it there is only what comes.
    """

    name = "slow"

    def __init__(
        self,
        *,
        settings: DeformationSettings,
        places: Mapping[str, Place],
        events: EventStore,
        start: int,
        standings: Approvals | None = None,
        conditions: Conditions | None = None,
        window: Window | None = None,
    ) -> None:
        self._settings = settings
        self._events = events
        self._standings = standings or ConfiguredApprovals()
        self._window = window
        self._holds = Blanking(events, settings)
        self._backlog = Backfill()
        self._filled_day: dict[str, int] = {}
        kept = StateRows(events, state_keys.PREFIX)
        self._kept_offset = self._offset = _saved_cursor(kept) or start
        self._kept_ns: int | None = None
        self._sound = True

        def tell(key: str, text: str) -> None:
            if conditions is not None:
                conditions.set(f"slow:{key}", text, self._seen_ns)

        self._seen_ns = 0
        self._parts: Parts = assembled(settings, places, kept, tell)
        self._changed: set[LimitEvaluator] = set(self._parts.judges)
        self._let_go(kept)

    def cursor(self) -> int:
        """Journal offset from which to go on; kept with the state."""
        return self._kept_offset

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Judge what became due; keep state, events and cursor together."""
        self._sound, self._seen_ns = False, now_ns
        told: dict[str, Event] = {}
        for entry in entries:
            block = entry.block()
            gauge = self._parts.gauges.get(block.stream.key)
            if gauge is None or entry.held_out:
                continue
            gauge.see(block)
            for event in self._judged(block.stream.key, block.start_ns):
                told[event.id] = event
        self._offset = entries[-1].next_offset
        self._sound = True
        if told or self._is_due(now_ns):
            self._keep(now_ns, list(told.values()))

    def idle(self, now_ns: int) -> None:
        """Follow adoptions, read history, keep what is due."""
        self._seen_ns = now_ns
        told: list[Event] = []
        if self._standings.refresh():
            told = [
                event
                for judge in self._parts.judges
                if (event := judge.retold(self._standings.of(judge.limit))) is not None
            ]
        self._look_back()
        self._backlog.work(AT_ONCE_S)
        if told or self._is_due(now_ns):
            self._keep(now_ns, told)

    def close(self) -> None:
        """Keep what was done since, unless it broke off in the middle."""
        if self._sound:
            self._keep(self._kept_ns or 0, [])

    def _judged(self, key: str, start_ns: int) -> Iterator[Event]:
        """Yield what changed with the windows of an instrument that are due now."""
        gauge = self._parts.gauges[key]
        newest_ns = start_ns if gauge.passed_ns is None else gauge.passed_ns
        holds = self._holds.now(gauge.place.structure.code, newest_ns)
        for _ in gauge.judged(holds):
            for judge in self._parts.by_stream[key]:
                if judge.join.pace is Interval.HOUR and any(
                    self._backlog.waits(stream) for stream in judge.streams
                ):
                    continue
                standing = self._standings.of(judge.limit)
                yield from judge.step(self._parts.models.by_key, standing)
                self._changed.add(judge)

    def _look_back(self) -> None:
        """Put on the backlog what the archive is to be asked for: missing hours once a day."""
        newest = [g.passed_ns for g in self._parts.gauges.values() if g.passed_ns is not None]
        if not newest:
            return
        fits = self._parts.models.due(max(newest), self._settings, self._window, self._holds)
        for channel, task in fits:
            self._backlog.add([place.stream.key for place in channel.leaves], task)
        if self._window is None:
            return
        for key, gauge in self._parts.gauges.items():
            if gauge.passed_ns is None or not gauge.hours.kept:
                continue
            hour = gauge.passed_ns // HOUR_NS
            if self._filled_day.get(key) != hour // DAY_HOURS:
                self._filled_day[key] = hour // DAY_HOURS
                task = filled(gauge, self._settings, self._window, self._holds, hour)
                self._backlog.add([key], task)

    def _is_due(self, now_ns: int) -> bool:
        keep_ns = round(self._settings.keep_s * NS)
        return self._kept_ns is None or not 0 <= now_ns - self._kept_ns < keep_ns

    def _keep(self, now_ns: int, told: Sequence[Event]) -> None:
        """Write what changed, the events that came of it, and the cursor, or nothing."""
        rows = [state_row(state_keys.CURSOR, {"offset": self._offset})]
        for key, gauge in self._parts.gauges.items():
            if gauge.dirty:
                rows.append(state_row(state_keys.STREAM + key, gauge.state()))
            if gauge.hours.changed:
                rows.append(state_row(state_keys.HOURS + key, gauge.hours.state()))
        rows += [state_row(state_keys.LIMIT + j.limit.id, j.state()) for j in self._changed]
        rows += [state_row(state_keys.CHANNEL + n, s) for n, s in self._parts.shown()]
        for name, model in self._parts.models.fresh.items():
            rows.append(state_row(state_keys.MODEL + name, model))
        self._events.save(*told, rows=rows)
        self._kept_offset, self._kept_ns = self._offset, now_ns
        for gauge in self._parts.gauges.values():
            gauge.dirty = gauge.hours.changed = False
        self._changed.clear()
        self._parts.models.fresh.clear()

    def _let_go(self, kept: StateRows) -> None:
        """Close events and drop states of limits that are gone or were changed."""
        ours = {judge.event_id for judge in self._parts.judges}
        last = {
            state["event_id"]: state["now"]["at_ns"]
            for _, state in kept.under(state_keys.LIMIT)
            if state["event_id"] is not None and state["now"] is not None
        }
        left = [
            replace(
                event,
                closed_ns=max(event.onset_ns, last.get(event.id, 0)),
                evidence={**event.evidence, "closed_because": "its limit was changed or removed"},
            )
            for event in self._events.open()
            if event.detector in DETECTORS and event.id not in ours
        ]
        if left:
            self._events.save(*left)
        known = {judge.limit.id for judge in self._parts.judges}
        shown = {name for name, _ in self._parts.shown()}
        self._events.forget(
            *(
                state_keys.LIMIT + name
                for name, _ in kept.under(state_keys.LIMIT)
                if name not in known
            ),
            *(state_keys.CHANNEL + n for n, _ in kept.under(state_keys.CHANNEL) if n not in shown),
        )


def _saved_cursor(rows: StateRows) -> int | None:
    """Return the journal offset up to which everything is in the state."""
    found = rows.get(state_keys.CURSOR)
    return None if found is None else int(found["offset"])
