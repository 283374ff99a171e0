"""Order of delivery to the broker: live rows at once, then those due again, then the backlog.

A row is *in flight* until its PUBACK, then *in doubt* until the collector's watermark names it.
In doubt too long (30 s, doubling), or below a row that was sent later and is held already, it is
sent again. While no watermark comes at all, only the oldest row of each stream is sent
again, as a probe: the broker has the others. What is not tracked here is in the spool as unheld
and comes back with the next pass over the backlog.
"""

import heapq
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from plumbline.edge_agent.spool import Row, Spool
from plumbline.wire.block import NS

DOUBT_NS = 30 * NS
OVERTAKEN_NS = 2 * NS
LONGEST_DOUBT_NS = 600 * NS
MOST_LIVE = 256  # rows waiting for a slow line before they become backlog
MOST_UNACKNOWLEDGED = 256
BACKLOG_WINDOW = 16  # rows of the backlog in flight: what a live row can have to wait behind
MOST_TRACKED = 20_000  # rows in doubt: some 5 MB
FETCH = 64


@dataclass(slots=True)
class _Sent:
    """A row that was sent and is not known to be held."""

    stream: str
    order: int
    tries: int
    is_backlog: bool
    acked_ns: int | None = None
    due_ns: int | None = None


class Delivery:
    """Order and repetition of what is sent; no I/O but reading the spool, and no clock.

    Parameters
    ----------
    spool
        Where rows are read from again.
    backlog_per_s
        Most rows of the backlog in a second. [1/s]
    """

    def __init__(self, spool: Spool, *, backlog_per_s: float) -> None:
        self.sent = self.sent_again = 0
        self._spool = spool
        self._per_ns = backlog_per_s / NS
        self._live: deque[Row] = deque()
        self._again: deque[int] = deque()
        self._fetched: deque[Row] = deque()
        self._cursor: int | None = 0
        self._tracked: dict[int, _Sent] = {}
        self._of_stream: dict[str, dict[int, None]] = {}
        self._due: list[tuple[int, int]] = []
        self._order = 0
        self._unacknowledged = self._backlog_in_flight = 0
        self._has_untracked = False
        self._last_watermark_ns = -1
        self._credit = 0.0
        self._credited_ns: int | None = None

    def committed(self, rows: Iterable[Row]) -> None:
        """Take rows that were just made durable; they go first."""
        self._live.extend(row for row in rows if row.id not in self._tracked)
        while len(self._live) > MOST_LIVE:
            self._rewind_to(self._live.popleft().id)

    def connected(self) -> None:
        """Begin a pass over the backlog: a connection is there."""
        self._rewind_to(0)

    def disconnected(self) -> None:
        """Forget what is in flight: only a PUBACK ends that, and none will come any more."""
        self._live.clear()
        self._fetched.clear()
        for row_id in [key for key, sent in self._tracked.items() if sent.acked_ns is None]:
            self._untrack(row_id)
        self._unacknowledged = self._backlog_in_flight = 0

    def ready(self, now_ns: int) -> Iterator[tuple[Row, bool]]:
        """Yield the rows to send now, each with whether it is backlog; call `sent` for each."""
        while self._live and self._unacknowledged < MOST_UNACKNOWLEDGED:
            yield self._live.popleft(), False
        self._repeat_what_is_due(now_ns)
        self._earn(now_ns)
        while self._credit >= 1 and self._backlog_in_flight < BACKLOG_WINDOW:
            row = self._next_of_backlog()
            if row is None:
                return
            self._credit -= 1
            yield row, True

    def note_sent(self, row: Row, *, is_backlog: bool) -> None:
        """Note that a row was given to the broker."""
        before = self._tracked.get(row.id)
        self._release(before)
        tries = before.tries + 1 if before else 1
        self._order += 1
        self._tracked[row.id] = _Sent(row.stream, self._order, tries, is_backlog)
        self._of_stream.setdefault(row.stream, {})[row.id] = None
        self._unacknowledged += 1
        self._backlog_in_flight += is_backlog
        self.sent += 1
        self.sent_again += tries > 1
        if len(self._tracked) > MOST_TRACKED:
            self._untrack(next(iter(self._tracked)))
            self._has_untracked = True

    def acknowledged(self, row_id: int, now_ns: int) -> None:
        """Note the broker's PUBACK: the broker has the row, the collector perhaps not yet."""
        sent = self._tracked.get(row_id)
        if sent is None or sent.acked_ns is not None:
            return
        self._release(sent)
        sent.acked_ns = now_ns
        self._set_due(row_id, sent, now_ns + _backoff(DOUBT_NS, sent.tries))

    def settled(self, held: Iterable[int], gone: Iterable[int], now_ns: int) -> None:
        """Note rows the collector holds, and rows it refused, of a watermark at ``now_ns``."""
        self._last_watermark_ns = now_ns
        latest: dict[str, int] = {}
        for row_id in held:
            if sent := self._tracked.get(row_id):
                latest[sent.stream] = max(latest.get(sent.stream, 0), sent.order)
            self._untrack(row_id)
        for row_id in gone:
            self._untrack(row_id)
        for stream, order in latest.items():
            for row_id in self._of_stream.get(stream, {}):
                sent = self._tracked[row_id]
                soon = now_ns + _backoff(OVERTAKEN_NS, sent.tries)
                if sent.order < order and sent.due_ns is not None and soon < sent.due_ns:
                    self._set_due(row_id, sent, soon)
        if self._has_untracked:
            self._has_untracked = False
            self._rewind_to(0)

    def begin_anew(self) -> None:
        """Forget everything that was sent: another collector begins with nothing."""
        self._tracked.clear()
        self._of_stream.clear()
        self._again.clear()
        self._due.clear()
        self._unacknowledged = self._backlog_in_flight = 0
        self._rewind_to(0)

    def requested(self, ids: Iterable[int]) -> None:
        """Queue ids of rows that the collector requested: they go before the backlog's rest."""
        self._again.extend(ids)

    @property
    def has_live(self) -> bool:
        """True while rows wait that are no backlog, or PUBACKs are due."""
        return bool(self._live) or self._unacknowledged > 0

    def wait_ns(self, now_ns: int) -> int | None:
        """Return how long nothing will be ready unless something happens; None for ever. [ns]"""
        if self._live and self._unacknowledged < MOST_UNACKNOWLEDGED:
            return 0
        waits = [max(0, self._due[0][0] - now_ns)] if self._due else []
        has_backlog = self._again or self._fetched or self._cursor is not None
        if has_backlog and self._backlog_in_flight < BACKLOG_WINDOW:
            waits.append(max(0, round((1 - self._credit) / self._per_ns)))
        return min(waits, default=None)

    def _next_of_backlog(self) -> Row | None:
        while self._again:
            if rows := self._spool.rows([self._again.popleft()]):
                return rows[0]
        while not self._fetched and self._cursor is not None:
            rows = self._spool.unheld_after(self._cursor, FETCH)
            self._cursor = rows[-1].id if len(rows) == FETCH else None
            queued = {row.id for row in self._live}
            self._fetched.extend(
                row for row in rows if row.id not in self._tracked and row.id not in queued
            )
        return self._fetched.popleft() if self._fetched else None

    def _repeat_what_is_due(self, now_ns: int) -> None:
        while self._due and self._due[0][0] <= now_ns:
            due_ns, row_id = heapq.heappop(self._due)
            sent = self._tracked.get(row_id)
            if sent is None or sent.due_ns != due_ns or sent.acked_ns is None:
                continue
            is_probe = next(iter(self._of_stream[sent.stream])) == row_id
            if self._last_watermark_ns >= sent.acked_ns or is_probe:
                sent.due_ns = None
                self._again.append(row_id)
            else:
                self._set_due(row_id, sent, now_ns + DOUBT_NS)

    def _earn(self, now_ns: int) -> None:
        if self._credited_ns is not None:
            earned = (now_ns - self._credited_ns) * self._per_ns
            self._credit = min(self._credit + earned, float(BACKLOG_WINDOW))
        else:
            self._credit = 1.0
        self._credited_ns = now_ns

    def _rewind_to(self, row_id: int) -> None:
        before = row_id - 1 if row_id else 0
        self._cursor = before if self._cursor is None else min(self._cursor, before)

    def _set_due(self, row_id: int, sent: _Sent, due_ns: int) -> None:
        sent.due_ns = due_ns
        heapq.heappush(self._due, (due_ns, row_id))

    def _release(self, sent: _Sent | None) -> None:
        if sent is not None and sent.acked_ns is None:
            self._unacknowledged -= 1
            self._backlog_in_flight -= sent.is_backlog

    def _untrack(self, row_id: int) -> None:
        sent = self._tracked.pop(row_id, None)
        if sent is not None:
            self._release(sent)
            del self._of_stream[sent.stream][row_id]


def _backoff(first_ns: int, tries: int) -> int:
    return min(first_ns << min(tries - 1, 16), LONGEST_DOUBT_NS)
