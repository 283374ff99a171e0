"""The publisher: one thread that owns the broker's connection and sends what is due."""

import logging
import queue
import random
import threading
from collections.abc import Callable

from plumbline.edge_agent.agent_state import AgentState
from plumbline.edge_agent.connection import Connection, ReceivedMessage
from plumbline.edge_agent.delivery import Delivery
from plumbline.edge_agent.errors import BrokerTrouble, SpoolTrouble
from plumbline.edge_agent.settings import PublisherSettings
from plumbline.edge_agent.spool import Row, Spool
from plumbline.edge_agent.wakeup_pipe import WakeupPipe
from plumbline.edge_agent.watermarks import HeldRanges
from plumbline.wire.block import NS
from plumbline.wire.errors import BadMessage
from plumbline.wire.messages import Command, Heartbeat, Watermark
from plumbline.wire.topics import ROOT, TopicKind

LOG = logging.getLogger(__name__)
HEARTBEAT_NS = 10 * NS
FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 10.0
LONGEST_WAIT_S = 1.0


class Publisher:
    """Sends rows, birth and heartbeat; takes watermarks and commands.

    Parameters
    ----------
    settings
        How to reach the broker.
    agent_state
        Birth, will and goodbye of this agent.
    spool
        Where rows are read and marked.
    heartbeat
        Makes the heartbeat of this moment.
    monotonic_ns
        The clock that is never set. [ns]
    """

    def __init__(
        self,
        *,
        settings: PublisherSettings,
        agent_state: AgentState,
        spool: Spool,
        heartbeat: Callable[[], Heartbeat],
        monotonic_ns: Callable[[], int],
    ) -> None:
        self.delivery = Delivery(spool, backlog_per_s=settings.backlog_per_s)
        self.is_connected = False
        self.turned_ns = monotonic_ns()
        self._settings = settings
        self._agent_state = agent_state
        self._spool = spool
        self._heartbeat = heartbeat
        self._monotonic_ns = monotonic_ns
        self._watermarks = HeldRanges(spool, self.delivery)
        self._committed: queue.SimpleQueue[list[Row]] = queue.SimpleQueue()
        self._wake = WakeupPipe()
        self._rows_of_mid: dict[int, int] = {}
        self._logged_trouble = ""
        self._was_served = False
        self._beat_ns = 0
        self._stop_at_ns: int | None = None
        self._stopping = threading.Event()

    def committed(self, rows: list[Row]) -> None:
        """Take rows that were just made durable (from any thread)."""
        if self.is_connected:
            self._committed.put(rows)
            self._wake.ring()

    def stop(self, within_s: float) -> None:
        """Let the thread send what is live, publish the goodbye and end."""
        self._stop_at_ns = self._monotonic_ns() + round(within_s * NS)
        self._stopping.set()
        self._wake.ring()

    def run(self) -> None:
        """Connect, serve, and connect again with backoff, until stopped."""
        retry_s = FIRST_RETRY_S
        while not self._stopping.is_set():
            self.turned_ns = self._monotonic_ns()
            try:
                self._serve()
            except (BrokerTrouble, SpoolTrouble) as trouble:
                if self._was_served:
                    retry_s = FIRST_RETRY_S
                self._log_trouble(f"{trouble}. Blocks are kept; trying again")
            self._stopping.wait(retry_s * random.uniform(0.5, 1.0))  # not all agents at once
            retry_s = min(2 * retry_s, LONGEST_RETRY_S)

    def _serve(self) -> None:
        """Live through one connection."""
        self._was_served = False
        connection = Connection(
            self._settings,
            client_id=self._agent_state.client_id,
            will_topic=self._agent_state.topic(TopicKind.STATE),
            will=self._agent_state.will().to_json(),
        )
        try:
            connection.open()
            self._await_acceptance(connection)
            self._greet(connection)
            self._was_served = self.is_connected = True
            self.delivery.connected()
            while not self._is_done():
                self.turned_ns = self._monotonic_ns()
                self._send(connection)
                connection.turn(self._wait_s(), self._wake.fd)
                self._wake.clear()
                self._take(connection)
            self._publish_goodbye(connection)
        finally:
            self.is_connected = False
            connection.drop()
            self._rows_of_mid.clear()
            self.delivery.disconnected()

    def _await_acceptance(self, connection: Connection) -> None:
        give_up_ns = self._monotonic_ns() + 10 * NS
        while not connection.is_open:
            if self._monotonic_ns() > give_up_ns or self._stopping.is_set():
                raise BrokerTrouble(
                    f"broker {self._settings.host}:{self._settings.port} does not answer; is it an "
                    "MQTT broker?"
                )
            connection.turn(0.1, self._wake.fd)
            self._wake.clear()

    def _greet(self, connection: Connection) -> None:
        topics = [
            self._agent_state.topic(TopicKind.STATE),
            self._agent_state.topic(TopicKind.COMMAND),
        ]
        connection.subscribe([self._agent_state.all_watermarks, *topics])
        self._publish_state(connection)
        self._beat_ns = self._monotonic_ns()
        if self._logged_trouble:
            self._log_trouble("")
        LOG.info("connected to broker %s:%d", self._settings.host, self._settings.port)

    def _send(self, connection: Connection) -> None:
        while not self._committed.empty():
            self.delivery.committed(self._committed.get_nowait())
        now_ns = self._monotonic_ns()
        for row, is_backlog in self.delivery.ready(now_ns):
            mid = connection.publish(self._agent_state.topic_of_key(row.stream), row.message)
            self._rows_of_mid[mid] = row.id
            self.delivery.note_sent(row, is_backlog=is_backlog)
        if now_ns >= self._beat_ns:
            self._beat_ns += HEARTBEAT_NS * (1 + (now_ns - self._beat_ns) // HEARTBEAT_NS)
            beat = self._heartbeat().to_json()
            connection.publish(self._agent_state.topic(TopicKind.HEARTBEAT), beat, qos=0)

    def _take(self, connection: Connection) -> None:
        now_ns = self._monotonic_ns()
        while connection.acknowledged:
            row_id = self._rows_of_mid.pop(connection.acknowledged.popleft(), None)
            if row_id is not None:
                self.delivery.acknowledged(row_id, now_ns)
        while connection.received:
            message = connection.received.popleft()
            try:
                self._dispatch(connection, message, now_ns)
            except BadMessage as error:
                self._log_trouble(
                    f"a message on {message.topic} cannot be read and is ignored: {error}"
                )

    def _dispatch(self, connection: Connection, message: ReceivedMessage, now_ns: int) -> None:
        kind = message.topic.removeprefix(ROOT + "/").split("/")[3]
        if kind == TopicKind.WATERMARK:
            watermark = Watermark.from_json(message.payload)
            self._watermarks.take(watermark, is_retained=message.is_retained, now_ns=now_ns)
        elif kind == TopicKind.COMMAND:
            self._obey(Command.from_json(message.payload))
        elif kind == TopicKind.STATE and not message.is_retained:
            response = self._agent_state.on_state(message.payload, now_ns)
            if response.trouble:
                LOG.error("%s", response.trouble)
            if response.must_announce:
                self._publish_state(connection)

    def _obey(self, command: Command) -> None:
        ids = self._spool.ids_between(command.stream, command.boot, command.first, command.last)
        self.delivery.requested(ids)
        span = f"{command.stream} boot {command.boot} blocks {command.first} to {command.last}"
        LOG.info("the collector requests %s: %d are in the spool", span, len(ids))

    def _publish_state(self, connection: Connection) -> None:
        state = self._agent_state.birth().to_json()
        connection.publish(self._agent_state.topic(TopicKind.STATE), state, retain=True)

    def _publish_goodbye(self, connection: Connection) -> None:
        goodbye = self._agent_state.goodbye().to_json()
        mid = connection.publish(self._agent_state.topic(TopicKind.STATE), goodbye, retain=True)
        give_up_ns = self._monotonic_ns() + NS
        while mid not in connection.acknowledged and self._monotonic_ns() < give_up_ns:
            connection.turn(0.1)
        connection.close()

    def _is_done(self) -> bool:
        """Return whether the thread was stopped and nothing live waits, or its time is over."""
        if self._stop_at_ns is None:
            return False
        waits = not self._committed.empty() or self.delivery.has_live
        return not waits or self._monotonic_ns() >= self._stop_at_ns

    def _wait_s(self) -> float:
        now_ns = self._monotonic_ns()
        waits = [LONGEST_WAIT_S, (self._beat_ns - now_ns) / NS]
        if (wait_ns := self.delivery.wait_ns(now_ns)) is not None:
            waits.append(wait_ns / NS)
        if self._stop_at_ns is not None:
            waits.append(0.05)
        return max(0.0, min(waits))

    def _log_trouble(self, text: str) -> None:
        """Log a trouble once, not at each attempt."""
        if text and text != self._logged_trouble:
            LOG.error("%s", text)
        self._logged_trouble = text
