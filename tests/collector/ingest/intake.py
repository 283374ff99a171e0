"""One ingest with everything around it, in a folder, for tests."""

from collections.abc import Iterable
from pathlib import Path

from places import tower_places

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.health.last_seen import LastSeen
from plumbline.collector.ingest.ingest import Ingest
from plumbline.collector.ingest.quarantine import Quarantine
from plumbline.collector.ingest.recovery import opened_ledger
from plumbline.collector.ingest.validation import Incoming
from plumbline.collector.ingest.watermarks import WatermarkPublisher
from plumbline.collector.journal import Journal
from plumbline.wire.block import Block
from plumbline.wire.messages import Watermark
from plumbline.wire.record import encode
from plumbline.wire.topics import Address, TopicKind


class Intake:
    """Ingest, journal, ledger, quarantine and watermarks of one data folder."""

    def __init__(self, folder: Path, agent: str = "pi-3a") -> None:
        self.address = Address(network="XX", structure="TWR01", agent=agent)
        self.journal = Journal(folder / "journal")
        self.ledger = opened_ledger(folder / "state" / "ledger.db", self.journal)
        self.quarantine = Quarantine(folder / "quarantine")
        self.places = tower_places(folder)
        self.last_seen = LastSeen()
        self.conditions = Conditions()
        self.published: list[tuple[str, Watermark]] = []
        self.connected = True
        self.watermarks = WatermarkPublisher(self.ledger, self.journal.store_id, self._publish)
        self.ingest = Ingest(
            journal=self.journal,
            ledger=self.ledger,
            quarantine=self.quarantine,
            places=self.places,
            last_seen=self.last_seen,
            conditions=self.conditions,
            note_topic=self.watermarks.note_topic,
        )

    def _publish(self, topic: str, payload: bytes) -> bool:
        if self.connected:
            self.published.append((topic, Watermark.from_json(payload)))
        return self.connected

    def message(self, block: Block, received_ns: int | None = None) -> Incoming:
        topic = self.address.topic(TopicKind.BLOCKS, block.stream)
        return Incoming(topic, encode(block), received_ns or block.end_ns)

    def take(self, *blocks: Block) -> None:
        self.ingest.take([self.message(block) for block in blocks])

    def take_raw(self, *payloads: bytes, topic: str = "", now_ns: int = 10**18) -> None:
        topic = topic or "plumbline/1/XX/TWR01/pi-3a/blocks/3A.HN"
        self.ingest.take([Incoming(topic, payload, now_ns) for payload in payloads])

    def journaled(self) -> list[bytes]:
        offset, payloads = self.journal.first_offset, []
        while entries := self.journal.read(offset):
            payloads += [entry.payload for entry in entries]
            offset = entries[-1].next_offset
        return payloads

    def watermark(self, now_ns: int) -> Watermark:
        """Return the newest watermark."""
        self.watermarks.tick(now_ns, everything=True)
        return self.published[-1][1]

    def conditions_set(self) -> list[str]:
        return [condition.key for condition in self.conditions.open()]

    def crash(self) -> None:
        """Let go of the files as a kill would: no snapshot is written."""
        self.ledger.close()
        self.quarantine.close()
        self.journal.close()


def sequence(blocks: Iterable[Block]) -> list[int]:
    return [block.seq for block in blocks]
