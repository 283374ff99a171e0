"""The detect stage: follows the journal, keeps its state with its cursor, opens nothing twice."""

from collections.abc import Mapping, Sequence

from plumbline.collector.detect.kept import MARK, SNAPSHOT, Kept, mark, marked
from plumbline.collector.detect.latecomers import Latecomers
from plumbline.collector.detect.passes import Pass
from plumbline.collector.detect.settings import DetectSettings
from plumbline.collector.detect.telling import Telling, abandoned
from plumbline.collector.detect.ticks import Tick
from plumbline.collector.events.model import Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.journal.entry import Entry
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

LATE_ENDS_NS = 30 * NS
"""The late pass is over when nothing late has come for so long. [ns]"""
FOR_EVER = 2**62


class DetectStage:
    """Listens to every acceleration stream.

    Parameters
    ----------
    start
        Journal offset from which to begin without a snapshot.

    Notes
    -----
    A snapshot of all state is kept with the cursor every ``snapshot_s``; after a restart what
    came since is read again from the journal and heard the same way. Events are kept at once,
    with the offset they came from: what is heard again up to there is not told again.
    """

    name = "detect"

    def __init__(
        self,
        *,
        settings: DetectSettings,
        places: Mapping[str, Place],
        events: EventStore,
        start: int,
    ) -> None:
        self._settings = settings
        self._events = events
        self._places = {k: p for k, p in places.items() if p.instrument.unit is Unit.ACCELERATION}
        self._live = Pass(self._places, settings)
        self._late: Pass | None = None
        self._late_ns = 0
        self._position = self._cursor = self._told_to = start
        self._kept_ns: int | None = None
        self._telling = Telling()
        self._latecomers = Latecomers(events)
        self._whole, self._busy = True, True
        self._restore()

    def cursor(self) -> int:
        """Journal offset of the last snapshot."""
        return self._cursor

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Hear entries in order and keep what changed."""
        self._whole, self._busy = False, True
        heard = [entry for entry in entries if self._listens(entry)]
        live, late = [], []
        for number, entry in enumerate(heard):
            if (piece := self._live.piece(number, entry.block())) is not None:
                live.append(piece)
            elif (piece := self._late_pass(entry).piece(number, entry.block())) is not None:
                late.append(piece)
        ticks = self._live.banks.feed(live)
        late_ticks = self._late.banks.feed(late) if self._late is not None else {}
        for number, entry in enumerate(heard):
            key = entry.block().stream.key
            if said := ticks.get(number):
                self._tell(self._live.hear(key, said), entry.next_offset)
            elif said := late_ticks.get(number):
                self._tell(self._hear_late(key, said), entry.next_offset)
        self._position = entries[-1].next_offset
        self._whole = True
        self._keep(now_ns)

    def idle(self, now_ns: int) -> None:
        """Close what no sample comes for any more; not while the journal still has some."""
        if self._busy:
            self._busy = False
            return
        before_ns = now_ns - round(self._settings.stale_s * NS)
        ended = self._live.end("no more samples", before_ns=before_ns)
        if self._late is not None and now_ns - self._late_ns > LATE_ENDS_NS:
            found = self._late.settled()
            found += self._late.end("end of the late data", before_ns=FOR_EVER)
            ended += self._latecomers.unknown(found)
            self._late = None
        self._tell(ended, FOR_EVER)
        if self._position > self._cursor or self._telling.waiting:
            self._keep(now_ns)

    def close(self) -> None:
        """Keep everything as it stands, unless an error left it half heard."""
        if self._whole and self._kept_ns is not None:
            self._keep_state(self._telling.all())

    def _listens(self, entry: Entry) -> bool:
        block = entry.block()
        place = self._places.get(block.stream.key)
        return (
            place is not None
            and not entry.held_out
            and abs(block.rate_hz / place.instrument.rate_hz - 1) < 1e-3
        )

    def _late_pass(self, entry: Entry) -> Pass:
        if self._late is None:
            self._late = Pass(self._places, self._settings, late=True)
        self._late_ns = entry.received_ns
        return self._late

    def _hear_late(self, key: str, ticks: Sequence[Tick]) -> list[Event]:
        """Return what late ticks change: late events, and live ones they belong to."""
        place = self._places[key]
        structure, node = place.structure.code, place.node.code
        going_on = self._live.felt_late(structure, node, ticks)
        ids = {event.id for event in going_on}
        past = [e for e in self._latecomers.add(structure, node, ticks) if e.id not in ids]
        found = self._late.hear(key, ticks) if self._late is not None else []
        return [*going_on, *past, *self._latecomers.unknown(found)]

    def _tell(self, events: Sequence[Event], offset: int) -> None:
        """Note what changed, unless it was told before the restart."""
        if offset > self._told_to:
            self._telling.note(events)

    def _keep(self, now_ns: int) -> None:
        """Save the events that are due, and all state when it is time."""
        due = self._telling.due(now_ns)
        if self._kept_ns is None or now_ns - self._kept_ns >= self._settings.snapshot_s * NS:
            self._kept_ns = now_ns
            self._keep_state(due)
        elif due:
            self._told_to = max(self._told_to, self._position)
            self._events.save(*due, snapshot=(MARK, mark(self._told_to)))

    def _keep_state(self, due: Sequence[Event]) -> None:
        self._told_to = max(self._told_to, self._position)
        kept = Kept(
            cursor=self._position,
            told_to=self._told_to,
            late_ns=self._late_ns,
            live=self._live.snapshot(),
            late=self._late.snapshot() if self._late is not None else b"",
        )
        self._events.save(*due, snapshot=(SNAPSHOT, kept.to_bytes()))
        self._cursor = self._position

    def _restore(self) -> None:
        """Take back the last snapshot; one of another installation leaves only its cursor."""
        body = self._events.snapshot(SNAPSHOT)
        if body is None:
            return
        kept = Kept.from_bytes(body)
        self._position = self._cursor = kept.cursor
        self._told_to = max(kept.told_to, marked(self._events.snapshot(MARK)))
        self._late_ns = kept.late_ns
        if not self._live.restore(kept.live):
            self._live = Pass(self._places, self._settings)
            self._events.save(*abandoned(self._events))
            return
        if kept.late:
            self._late = Pass(self._places, self._settings, late=True)
            self._late.restore(kept.late)
