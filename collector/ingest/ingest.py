"""Ingest: a group of messages in, journaled with one fsync, each with one outcome.

For every message there is exactly one outcome: journaled (new, or a conflict stored beside the
first), known already, or in quarantine. The ledger learns of a block only after its fsync, so a
watermark never promises more than the disk holds.
"""

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.health.last_seen import LastSeen
from plumbline.collector.ingest.clock_watch import ClockWatch
from plumbline.collector.ingest.duplicate_agents import DuplicateAgents
from plumbline.collector.ingest.ledger import Disposition, Ledger
from plumbline.collector.ingest.quarantine import Quarantine, QuarantineCause, Quarantined
from plumbline.collector.ingest.validation import Incoming, Refused, agent_name, checked, parsed
from plumbline.collector.journal import Journal, Mark
from plumbline.wire.block import Block
from plumbline.wire.errors import BadIdentity
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.record_header import Key, record_key

CORRUPT_COPIES = 3
"""Damaged in the same way this often, a message is damaged at the edge and refused for good."""
CORRUPT_REMEMBERED = 10_000
UNSTORED_BYTES = 16_000_000
"""Bound of what waits in memory while the quarantine cannot be written; beyond it what comes is
dropped, unanswered: an agent of ours holds its copy and sends it again. [B]"""
TO_DO = {
    QuarantineCause.CORRUPT: "; its agent sends it again, look at that machine and its "
    "network if this comes often",
    QuarantineCause.NOT_A_RECORD: "; no agent of ours sends that, find out who else "
    "publishes there",
    QuarantineCause.WRONG_PLACE: "; make network, structure and node agree in that "
    "agent's edge.toml",
    QuarantineCause.UNKNOWN_STREAM: "",  # it is part of the reason
}
"""What the operator can do about a message that is set aside."""

DUPLICATE_AGENTS = "rivals"
"""Key of the condition of two agents of one name, before the colon."""

NoteTopic = Callable[[str, str], None]


@dataclass(slots=True)
class _Group:
    """One group of messages, sorted, before its fsync."""

    payloads: list[tuple[int, bytes]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    keys: list[tuple[Key, int]] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    fresh: dict[Key, int] = field(default_factory=dict)
    quarantined: list[Quarantined] = field(default_factory=list)
    known: list[tuple[Key, str]] = field(default_factory=list)


class Ingest:
    """Takes groups of block messages; used by one thread.

    Parameters
    ----------
    note_topic
        Called with (topic, stream key) for each message that a watermark should answer.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        ledger: Ledger,
        quarantine: Quarantine,
        places: Mapping[str, Place],
        last_seen: LastSeen,
        conditions: Conditions,
        note_topic: NoteTopic,
    ) -> None:
        self._journal = journal
        self._ledger = ledger
        self._quarantine = quarantine
        self._places = places
        self._last_seen = last_seen
        self._conditions = conditions
        self._note_topic = note_topic
        self._duplicates = DuplicateAgents()
        self.clocks = ClockWatch(conditions)
        self._corrupt: Counter[tuple[Key, int]] = Counter()
        self._unstored: list[Quarantined] = []
        self.counts: Counter[str] = Counter()

    def take(self, messages: Sequence[Incoming]) -> None:
        """Take a group: everything accepted is durable, and the ledger knows it, on return.

        Raises
        ------
        JournalError
            If the group could not be made durable; nothing of it counts as taken, and the same
            group may be given again.
        """
        group = _Group()
        for message in messages:
            self._sort(message, group)
        if group.payloads:
            self._journal.append(group.payloads, group.blocks, group.marks)
            self._journal.sync()
        self._hold(group)
        for key, topic in group.known:
            self._ledger.touch(key, messages[-1].received_ns)
            self._note_topic(topic, key.stream)
        self.counts["taken"] += len(group.payloads)
        self.counts["duplicate"] += len(group.known)
        self._wait_for_quarantine(group.quarantined)
        self.store_unstored()

    def _hold(self, group: _Group) -> None:
        """Note in the ledger what is durable, before anything else can fail."""
        for (key, crc), (received_ns, _) in zip(group.keys, group.payloads, strict=True):
            self._ledger.hold(key, crc, received_ns)
        for (key, _), block, (received_ns, _), topic in zip(
            group.keys, group.blocks, group.payloads, group.topics, strict=True
        ):
            self._last_seen.block(key.stream, agent_name(parsed(topic)[0]), received_ns)
            self._watch(block, topic, received_ns)
            self._note_topic(topic, key.stream)

    def _wait_for_quarantine(self, messages: list[Quarantined]) -> None:
        """Let messages wait until the quarantine has them, as far as memory allows."""
        waiting_bytes = sum(len(message.payload) for message in self._unstored)
        for message in messages:
            waiting_bytes += len(message.payload)
            if self._unstored and waiting_bytes > UNSTORED_BYTES:
                self.counts["not_stored"] += 1
            else:
                self._unstored.append(message)

    def store_unstored(self) -> None:
        """Store what waits for the quarantine; where that fails it goes on waiting.

        Blocks go on being taken meanwhile: what cannot be read must not hold up what can.
        """
        if not self._unstored:
            return
        now_ns = self._unstored[-1].received_ns
        try:
            self._set_aside(self._unstored)
        except (sqlite3.Error, OSError) as error:
            self._conditions.set(
                "write:quarantine",
                f"the quarantine cannot be written ({error}): {len(self._unstored)} messages that "
                "cannot be read wait in memory; is the disk full or failing?",
                now_ns,
            )
            return
        self._unstored = []
        self._conditions.clear("write:quarantine", now_ns)

    def _sort(self, message: Incoming, group: _Group) -> None:
        try:
            block = checked(message, self._places)
        except Refused as refused:
            group.quarantined.append(
                Quarantined(
                    received_ns=message.received_ns,
                    topic=message.topic,
                    cause=refused.cause,
                    reason=str(refused),
                    key=record_key(message.payload),
                    payload=message.payload,
                )
            )
            return
        key = Key(block.stream.key, block.boot, block.seq)
        crc = crc32(message.payload)
        disposition = self._ledger.disposition_of(key, crc)
        if key in group.fresh:
            disposition = Disposition.DUPLICATE if group.fresh[key] == crc else Disposition.CONFLICT
        if disposition is Disposition.DUPLICATE:
            group.known.append((key, message.topic))
            return
        mark = Mark.NONE
        if disposition is Disposition.CONFLICT:
            mark = Mark.CONFLICT
            self._conflict(key, message.received_ns)
        group.fresh.setdefault(key, crc)
        group.payloads.append((message.received_ns, message.payload))
        group.blocks.append(block)
        group.marks.append(mark)
        group.keys.append((key, crc))
        group.topics.append(message.topic)

    def _set_aside(self, messages: list[Quarantined]) -> None:
        """Quarantine what could not be taken; refuse what the edge need not send again."""
        if len(self._corrupt) >= CORRUPT_REMEMBERED:
            self._corrupt.clear()
        copies = [
            (message.key, crc32(message.payload))
            for message in messages
            if message.cause is QuarantineCause.CORRUPT and message.key is not None
        ]
        firsts = {again for again in copies if not self._corrupt[again]}
        news: list[Quarantined] = []
        for message in messages:
            self._report_refusal(message)
            if message.cause is QuarantineCause.CORRUPT and message.key is not None:
                again = (message.key, crc32(message.payload))
                if again not in firsts:
                    continue
                firsts.remove(again)
            news.append(message)
        stored = self._quarantine.store(news)  # counted after it: a failure is tried again
        self._corrupt.update(copies)
        for message in messages:
            self.counts[message.cause] += 1
            if message.cause is QuarantineCause.CORRUPT and message.key is not None:
                if self._corrupt[message.key, crc32(message.payload)] < CORRUPT_COPIES:
                    continue
                self._ledger.refuse(message.key, message.reason, message.received_ns)
                self._answer(message.topic, message.key.stream)
        for message in stored:
            if message.key is not None and message.cause is not QuarantineCause.CORRUPT:
                self._ledger.refuse(message.key, message.reason, message.received_ns)
                self._answer(message.topic, message.key.stream)
        if len(stored) < len(news):
            self._conditions.set(
                "quarantine-full",
                "the quarantine is full: what cannot be taken stays with the edge; see "
                "'plumbline status' for the reasons and mend them",
                messages[-1].received_ns,
            )

    def _answer(self, topic: str, stream: str) -> None:
        with contextlib.suppress(BadIdentity):  # nobody reads a topic that is not ours
            parsed(topic)
            self._note_topic(topic, stream)

    def _report_refusal(self, message: Quarantined) -> None:
        about = message.key.stream if message.key else message.topic
        self._conditions.set(
            f"{message.cause}:{about}",
            f"message set aside in quarantine (topic {message.topic}): {message.reason}"
            + TO_DO[message.cause],
            message.received_ns,
        )

    def _conflict(self, key: Key, received_ns: int) -> None:
        self.counts["conflict"] += 1
        self._conditions.set(
            f"conflict:{key.stream}:{key.boot:016x}",
            f"two different blocks of {key.stream} claim boot {key.boot:016x} number {key.seq}; "
            "both are kept; the one that goes on with the stream is searched live, the other as "
            "late. Was an SD card cloned or a spool copied? Give one agent a new spool.",
            received_ns,
        )

    def _watch(self, block: Block, topic: str, received_ns: int) -> None:
        """Report what is taken and yet strange: a time in the future, two agents of one name."""
        stream = block.stream.key
        if self.clocks.block(block, agent_name(parsed(topic)[0]), received_ns):
            self.counts["future"] += 1
        self._check_agent(stream, topic, received_ns)
        other = self._duplicates.sampled(stream, block.boot, block.start_ns)
        if other is not None:
            self.report_duplicate_agents(topic, block.boot, other, received_ns)

    def _check_agent(self, stream: str, topic: str, received_ns: int) -> None:
        """Report a stream that comes from another agent than the inventory names."""
        agent, named = parsed(topic)[0].agent, self._places[stream].node.agent
        if named is None or agent == named:
            self._conditions.clear(f"agent:{stream}", received_ns)
            return
        self._conditions.set(
            f"agent:{stream}",
            f"{stream} comes from agent {agent}, the inventory names {named}: it is taken and "
            "searched all the same. Was a machine exchanged? Correct inventory.toml; otherwise "
            "find out who publishes there.",
            received_ns,
        )

    def report_duplicate_agents(self, topic: str, boot: int, other: int, received_ns: int) -> None:
        """Report that two machines use one agent's name."""
        agent = agent_name(parsed(topic)[0])
        self._conditions.set(
            f"{DUPLICATE_AGENTS}:{agent}",
            f"two agents call themselves {agent} (boots {boot:016x} and {other:016x} at the same "
            "time); give one of them another name in its edge.toml",
            received_ns,
        )
