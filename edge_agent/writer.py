"""Writer: one thread that commits blocks to the spool in groups and hands them to the publisher."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping

from plumbline.edge_agent.errors import SpoolTrouble
from plumbline.edge_agent.spool import MB, NewRow, Row, Spool
from plumbline.wire.block import NS, Block
from plumbline.wire.record import encode

LOG = logging.getLogger(__name__)
MOST_WAITING = 20_000  # some 20 MB: an hour and more of three nodes while the disk is full
REMEMBER_NS = 5 * NS
LOG_AGAIN_NS = 60 * NS
TURN_S = 1.0


class Writer:
    """Takes blocks from the readers, makes them durable, passes them on.

    Parameters
    ----------
    spool
        Where rows are committed.
    boot
        Number of this start, 16 hexadecimal digits.
    commit_s
        Longest a block waits for others to share its commit. [s]
    committed
        Receiver of rows that are durable now.
    memories
        Source of the facts to remember, as the clocks of the instruments.
    monotonic_ns
        The clock that is never set. [ns]
    """

    def __init__(
        self,
        *,
        spool: Spool,
        boot: str,
        commit_s: float,
        committed: Callable[[list[Row]], None],
        memories: Callable[[], Mapping[str, str]],
        monotonic_ns: Callable[[], int],
    ) -> None:
        self.lost = 0
        self.turned_ns = monotonic_ns()
        self._spool = spool
        self._boot = boot
        self._commit_s = commit_s
        self._committed = committed
        self._memories = memories
        self._remembered_ns = monotonic_ns() - REMEMBER_NS
        self._monotonic_ns = monotonic_ns
        self._waiting: deque[NewRow] = deque()
        self._arrived = threading.Event()
        self._stopping = threading.Event()
        self._logged_ns: dict[str, int] = {}

    def take(self, block: Block) -> None:
        """Take a block (from any thread)."""
        self._waiting.append(
            NewRow(stream=block.stream.key, boot=self._boot, seq=block.seq, message=encode(block))
        )
        self._arrived.set()

    def run(self) -> None:
        """Commit until stopped and nothing waits."""
        while not (self._stopping.is_set() and not self._waiting):
            self.turned_ns = self._monotonic_ns()
            if self._arrived.wait(TURN_S) and not self._stopping.is_set():
                self._stopping.wait(self._commit_s)
            self._arrived.clear()
            try:
                self._commit()
            except SpoolTrouble as trouble:
                self._log_trouble(
                    f"{trouble}; blocks wait in memory", f"{len(self._waiting)} blocks"
                )
                if self._stopping.wait(TURN_S):
                    return
                self._arrived.set()

    def stop(self) -> None:
        """Let the thread commit what waits and end (from any thread)."""
        self._stopping.set()
        self._arrived.set()

    def _commit(self) -> None:
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popleft()
            self.lost += 1
            self._log_trouble(
                "the spool cannot be written for too long: blocks ARE LOST", str(self.lost)
            )
        rows = list(self._waiting)
        if not rows:
            return
        ids = self._spool.add(rows, self._due_memories())
        for _ in rows:
            self._waiting.popleft()
        self._committed(
            [
                Row(id=row_id, stream=row.stream, boot=row.boot, seq=row.seq, message=row.message)
                for row_id, row in zip(ids, rows, strict=True)
            ]
        )
        if excess_bytes := self._spool.excess_bytes:
            self._log_trouble(
                "the spool is beyond its bound with blocks that no collector holds; none is "
                "dropped: bring the link or the collector back, or raise bound_mb in [spool]",
                f"{excess_bytes / MB:.0f} MB too much",
            )

    def _due_memories(self) -> Mapping[str, str]:
        now_ns = self._monotonic_ns()
        if now_ns - self._remembered_ns < REMEMBER_NS and not self._stopping.is_set():
            return {}
        self._remembered_ns = now_ns
        return self._memories()

    def _log_trouble(self, what: str, how_much: str) -> None:
        """Log a trouble at once and again each minute while it lasts."""
        now_ns = self._monotonic_ns()
        if now_ns - self._logged_ns.get(what, -LOG_AGAIN_NS) >= LOG_AGAIN_NS:
            self._logged_ns[what] = now_ns
            LOG.error("%s (%s)", what, how_much)
