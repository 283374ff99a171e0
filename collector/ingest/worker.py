"""Ingest worker: one thread that empties the inbox in groups and answers with watermarks."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.health.last_seen import LastSeen
from plumbline.collector.ingest.duplicate_agents import DuplicateAgents
from plumbline.collector.ingest.inbox import MessageInbox
from plumbline.collector.ingest.ingest import Ingest
from plumbline.collector.ingest.ledger import Ledger
from plumbline.collector.ingest.resend import ResendRequester
from plumbline.collector.ingest.validation import Incoming, agent_name, parsed
from plumbline.collector.ingest.watermarks import WatermarkPublisher
from plumbline.collector.journal import Journal, JournalError, JournalFull
from plumbline.wire.errors import BadIdentity, BadMessage
from plumbline.wire.messages import Heartbeat, State
from plumbline.wire.topics import TopicKind

log = logging.getLogger(__name__)

LARGEST_GROUP = 2000
SNAPSHOT_S = 30.0
IDLE_S = 0.2
RETRY_S = 1.0
WRITE_ERRORS = (JournalError, OSError, sqlite3.Error)
"""A disk that is full, read-only or failing; none of them ends the thread."""


class IngestWorker:
    """Gathers what arrives into groups and hands them to ingest.

    Parameters
    ----------
    group_s
        Time a group gathers from its first message. [s]
    upkeep
        Called after each group, in this thread, with the time. [ns since 1970]
    """

    def __init__(
        self,
        *,
        inbox: MessageInbox,
        ingest: Ingest,
        ledger: Ledger,
        journal: Journal,
        watermarks: WatermarkPublisher,
        resend: ResendRequester,
        last_seen: LastSeen,
        conditions: Conditions,
        now_ns: Callable[[], int],
        group_s: float = 0.025,
        upkeep: Callable[[int], None] | None = None,
    ) -> None:
        self._inbox = inbox
        self._ingest = ingest
        self._ledger = ledger
        self._journal = journal
        self._watermarks = watermarks
        self._resend = resend
        self._last_seen = last_seen
        self._conditions = conditions
        self._now_ns = now_ns
        self._group_s = group_s
        self._upkeep = upkeep
        self._duplicates = DuplicateAgents()
        self._stop = threading.Event()
        self._snapshot_due = time.monotonic() + SNAPSHOT_S
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)
        self.error: BaseException | None = None

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Take what is in the inbox, publish the last watermarks, save the ledger and end."""
        self._stop.set()
        self._thread.join(timeout_s)

    def alive(self) -> bool:
        """Return whether the thread works; if not, ``error`` is the reason."""
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._stop.is_set() or not self._inbox.empty():
                self._once()
            self._watermarks.tick(self._now_ns(), everything=True)
            self._save()
        except BaseException as error:
            self.error = error
            log.exception("ingest stopped")
            raise

    def _once(self) -> None:
        group = self._gathered()
        blocks: list[Incoming] = []
        for message in group:
            try:
                kind = parsed(message.topic)[1]
            except BadIdentity:
                kind = TopicKind.BLOCKS  # ingest finds what is wrong with it
            if kind is TopicKind.BLOCKS:
                blocks.append(message)
            else:
                self._other(message, kind)
        if blocks:
            self._take(blocks)
        else:
            self._ingest.store_unstored()
        self._watermarks.tick(self._now_ns())
        self._resend.tick(self._now_ns())
        if self._upkeep is not None:
            self._upkeep(self._now_ns())
        if time.monotonic() >= self._snapshot_due:
            self._save()

    def _save(self) -> None:
        """Snapshot the ledger; what the journal holds from there on must stay for it.

        A snapshot that fails loses nothing: the pin stays where the last one was.
        """
        try:
            self._ledger.save(self._journal.end_offset)
        except WRITE_ERRORS as error:
            self._report_write_error("ledger", error)
            self._snapshot_due = time.monotonic() + RETRY_S
            return
        self._conditions.clear("write:ledger", self._now_ns())
        self._journal.pin(self._ledger.offset)
        self._snapshot_due = time.monotonic() + SNAPSHOT_S

    def _gathered(self) -> list[Incoming]:
        """Return one group: wait for a first message, then ``group_s`` for those behind it."""
        if not self._inbox.wait(IDLE_S):
            return []
        time.sleep(self._group_s)
        return self._inbox.take(LARGEST_GROUP)

    def _take(self, blocks: list[Incoming]) -> None:
        """Take a group; where the disk fails hold it, and so the broker, until it works again."""
        while True:
            try:
                self._ingest.take(blocks)
                self._conditions.clear("journal-full", self._now_ns())
                self._conditions.clear("write:journal", self._now_ns())
                return
            except JournalFull as error:
                self._conditions.set("journal-full", str(error), self._now_ns())
            except WRITE_ERRORS as error:
                self._report_write_error("journal", error)
            if self._stop.wait(RETRY_S):
                return

    def _report_write_error(self, what: str, error: Exception) -> None:
        self._conditions.set(
            f"write:{what}",
            f"the {what} cannot be written ({error}): nothing is acknowledged, the agents hold "
            "what comes, it is tried again each second; is the disk full, read-only or failing?",
            self._now_ns(),
        )

    def _other(self, message: Incoming, kind: TopicKind) -> None:
        agent = agent_name(parsed(message.topic)[0])
        try:
            if kind is TopicKind.STATE:
                state = State.from_json(message.payload)
                self._last_seen.state(agent, state, message.received_ns)
            elif kind is TopicKind.HEARTBEAT:
                heartbeat = Heartbeat.from_json(message.payload)
                self._last_seen.heartbeat(agent, heartbeat, message.received_ns)
                self._ingest.clocks.heartbeat(agent, heartbeat.sent_ns, message.received_ns)
                other = self._duplicates.beat(agent, int(heartbeat.boot, 16))
                if other is not None:
                    self._ingest.report_duplicate_agents(
                        message.topic, int(heartbeat.boot, 16), other, message.received_ns
                    )
        except BadMessage as error:
            self._conditions.set(
                f"bad-message:{agent}",
                f"{agent} sends a {kind} message that cannot be read ({error}); is it another "
                "version of plumbline?",
                message.received_ns,
            )
