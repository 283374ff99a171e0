"""Deformation stage: tilt and settlement from the journal, compared with their limits."""

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
from plumbline.collector.stages.deformation.backfill import Backfill, Window, fill_hours
from plumbline.collector.stages.deformation.build import Parts, build_parts
from plumbline.collector.stages.deformation.hourly_medians import HOUR_NS
from plumbline.collector.stages.deformation.limit_evaluator import LimitEvaluator
from plumbline.collector.stages.deformation.limit_settings import DETECTORS
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

AT_ONCE_S = 0.25
"""How long one call may read history, so that what arrives does not wait. [s]"""
DAY_HOURS = 24


class DeformationStage:
    """Saves the state of every instrument and limit with its cursor, in the event store.

    Parameters
    ----------
    start
        Journal offset from which to begin without a saved state.
    standings
        Standing of each limit now: which may call people.
    window
        Reader of archived blocks, for history; without it there is only what comes.
    journal_id
        Identity of the journal that is followed, saved with the cursor.
    """

    name = "slow"
    backfills = False

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
        journal_id: str = "",
    ) -> None:
        self._settings = settings
        self._store = events
        self._standings = standings or ConfiguredApprovals()
        self._window = window
        self._blanking = settings.blanking(events)
        self._window_ns = round(settings.window_s * NS)
        self._backfill = Backfill()
        self._filled_day: dict[str, int] = {}
        saved = StateRows(events, state_keys.PREFIX)
        cursor = saved.get(state_keys.CURSOR) or {}
        self._saved_offset = self._offset = int(cursor.get("offset", 0)) or start
        self._saved_journal: str | None = cursor.get("journal")
        self._journal_id = journal_id
        self._saved_ns: int | None = None
        self._is_whole = True

        def report_problem(key: str, text: str) -> None:
            if conditions is not None:
                conditions.set(f"slow:{key}", text, self._now_ns)

        self._now_ns = 0
        self._parts: Parts = build_parts(settings, places, saved, report_problem)
        self._changed: set[LimitEvaluator] = set(self._parts.evaluators)
        self._close_removed(saved)

    def cursor(self) -> int:
        """Journal offset from which to go on; saved with the state."""
        return self._saved_offset

    def journal_id(self) -> str | None:
        """Return the identity of the journal that the cursor belongs to."""
        return self._saved_journal

    def resume_at(self, first_offset: int, now_ns: int) -> None:
        """Go on from the oldest entry there is; windows that are complete are not taken again."""
        self._saved_offset = self._offset = first_offset
        self._save(now_ns, [])

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Evaluate what became due; save state, events and cursor together."""
        self._is_whole, self._now_ns = False, now_ns
        events: dict[str, Event] = {}
        for entry in entries:
            block = entry.block()
            instrument = self._parts.instruments.get(block.stream.key)
            if instrument is None or entry.held_out:
                continue
            instrument.feed(block)
            for event in self._evaluate(block.stream.key, block.start_ns):
                events[event.id] = event
        self._offset = entries[-1].next_offset
        self._is_whole = True
        if events or self._is_due(now_ns):
            self._save(now_ns, list(events.values()))

    def idle(self, now_ns: int) -> None:
        """Follow adoptions, read history, save what is due."""
        self._now_ns = now_ns
        events: list[Event] = []
        if self._standings.refresh():
            events = [
                event
                for evaluator in self._parts.evaluators
                if (event := evaluator.restated(self._standings.of(evaluator.limit))) is not None
            ]
        self._queue_backfill()
        self._backfill.work(AT_ONCE_S)
        if events or self._is_due(now_ns):
            self._save(now_ns, events)

    def close(self) -> None:
        """Save what was done since, unless it broke off in the middle."""
        if self._is_whole:
            self._save(self._saved_ns or 0, [])

    def _evaluate(self, key: str, start_ns: int) -> Iterator[Event]:
        """Yield what changed with the windows of an instrument that are due now."""
        instrument = self._parts.instruments[key]
        newest_ns = start_ns if instrument.completed_ns is None else instrument.completed_ns
        blanked = self._blanking.since(instrument.place.structure.code, newest_ns - self._window_ns)
        for _ in instrument.completed_windows(blanked):
            for evaluator in self._parts.by_stream[key]:
                if evaluator.alignment.interval is Interval.HOUR and any(
                    self._backfill.is_waiting(stream) for stream in evaluator.streams
                ):
                    continue
                standing = self._standings.of(evaluator.limit)
                yield from evaluator.evaluate(self._parts.models.by_key, standing)
                self._changed.add(evaluator)

    def _queue_backfill(self) -> None:
        """Queue what is to be read from the archive: missing hours once a day."""
        newest = [
            g.completed_ns for g in self._parts.instruments.values() if g.completed_ns is not None
        ]
        if not newest:
            return
        fits = self._parts.models.due(max(newest), self._settings, self._window, self._blanking)
        for channel, task in fits:
            self._backfill.add([place.stream.key for place in channel.leaves], task)
        if self._window is None:
            return
        for key, instrument in self._parts.instruments.items():
            if instrument.completed_ns is None or not instrument.hours.capacity:
                continue
            hour = instrument.completed_ns // HOUR_NS
            if self._filled_day.get(key) != hour // DAY_HOURS:
                self._filled_day[key] = hour // DAY_HOURS
                task = fill_hours(instrument, self._settings, self._window, self._blanking, hour)
                self._backfill.add([key], task)

    def _is_due(self, now_ns: int) -> bool:
        interval_ns = round(self._settings.keep_s * NS)
        return self._saved_ns is None or not 0 <= now_ns - self._saved_ns < interval_ns

    def _save(self, now_ns: int, events: Sequence[Event]) -> None:
        """Write what changed, the events that came of it, and the cursor, or nothing."""
        rows = [state_row(state_keys.CURSOR, self._cursor_state())]
        for key, instrument in self._parts.instruments.items():
            if instrument.dirty:
                rows.append(state_row(state_keys.STREAM + key, instrument.state()))
            if instrument.hours.changed:
                rows.append(state_row(state_keys.HOURS + key, instrument.hours.state()))
        rows += [state_row(state_keys.LIMIT + j.limit.id, j.state()) for j in self._changed]
        rows += [state_row(state_keys.CHANNEL + n, s) for n, s in self._parts.channel_reports()]
        for name, model in self._parts.models.unsaved.items():
            rows.append(state_row(state_keys.MODEL + name, model))
        self._store.save(*events, rows=rows)
        self._saved_offset, self._saved_ns = self._offset, now_ns
        self._saved_journal = self._journal_id or None
        for instrument in self._parts.instruments.values():
            instrument.dirty = instrument.hours.changed = False
        self._changed.clear()
        self._parts.models.unsaved.clear()

    def _cursor_state(self) -> dict[str, object]:
        return {"offset": self._offset, "journal": self._journal_id or None}

    def _close_removed(self, saved: StateRows) -> None:
        """Close events and drop states of limits that are gone or were changed."""
        followed = {evaluator.event_id for evaluator in self._parts.evaluators}
        last = {
            state["event_id"]: state["now"]["at_ns"]
            for _, state in saved.under(state_keys.LIMIT)
            if state["event_id"] is not None and state["now"] is not None
        }
        left = [
            replace(
                event,
                closed_ns=max(event.onset_ns, last.get(event.id, 0)),
                evidence={**event.evidence, "closed_because": "its limit was changed or removed"},
            )
            for event in self._store.open()
            if event.detector in DETECTORS and event.id not in followed
        ]
        if left:
            self._store.save(*left)
        known = {evaluator.limit.id for evaluator in self._parts.evaluators}
        reported = {name for name, _ in self._parts.channel_reports()}
        self._store.forget(
            *(
                state_keys.LIMIT + name
                for name, _ in saved.under(state_keys.LIMIT)
                if name not in known
            ),
            *(
                state_keys.CHANNEL + n
                for n, _ in saved.under(state_keys.CHANNEL)
                if n not in reported
            ),
        )
