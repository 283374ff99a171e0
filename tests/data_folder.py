"""A collector's data folder as a stopped collector leaves it: some of everything, and small."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
from blocks import T0_NS, blocks_of, truth

from plumbline.collector.alerting.store.database import AlertStore
from plumbline.collector.app.databases import Databases
from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.archive.stage import ArchiveStage
from plumbline.collector.events.model import AlarmLevel, Event, EventKind, Limit, Standing
from plumbline.collector.ingest.quarantine import Quarantine, QuarantineCause, Quarantined
from plumbline.collector.ingest.recovery import opened_ledger
from plumbline.collector.journal import Journal, JournalSettings
from plumbline.wire.block import NS, Block
from plumbline.wire.record import encode
from plumbline.wire.record_header import record_key

START_NS = T0_NS + 3540 * NS  # a minute before the hour, so that one hour is closed and one open
COUNTS = truth(3, 12_000)
SEGMENT_MB = 0.02
QUAKE = Event(
    id="quake",
    kind=EventKind.SHAKING,
    structure="TWR01",
    onset_ns=START_NS + 5 * NS,
    detector="long_period",
    level=AlarmLevel.RED,
    value=12.5,
    unit="gal",
    limit=Limit(value=2.0, unit="gal", source="design", standing=Standing.PROJECT),
    nodes={"3A": {"peak_gal": 12.5, "onset_ns": START_NS}},
    evidence={},
)


def two_minutes(counts: np.ndarray = COUNTS, boot: int = 7) -> list[Block]:
    """Return 120 blocks across an hour."""
    return list(blocks_of(counts, START_NS, boot=boot))


def journaled(data: Path, blocks: Sequence[Block]) -> None:
    """Take blocks as ingest does: journal, then ledger, and a snapshot of it at the end."""
    journal = Journal(data / "journal", JournalSettings(segment_mb=SEGMENT_MB))
    ledger = opened_ledger(data / "state" / "ledger.db", journal)
    for group in _groups(blocks):
        messages = [(block.end_ns + NS // 10, encode(block)) for block in group]
        journal.append(messages, group)
        journal.sync()
        for received_ns, message in messages:
            key = record_key(message)
            assert key is not None
            ledger.hold(key, crc32(message), received_ns)
    ledger.save(journal.end_offset)
    ledger.close()
    journal.close()


def archived(data: Path) -> None:
    """Let the archive follow to the journal's end; hours that are over are closed."""
    journal = Journal(data / "journal")
    stage = ArchiveStage(data, journal, ArchiveSettings(grace_s=0), START_NS)
    end_ns = START_NS
    while entries := journal.read(stage._position):
        end_ns = max(entry.received_ns for entry in entries)
        stage.take(entries, end_ns)
    stage.idle(end_ns)
    stage.commit()
    stage.close()
    journal.close()


def data_folder(data: Path, blocks: Sequence[Block] | None = None) -> Path:
    """Make a data folder."""
    journaled(data, two_minutes() if blocks is None else blocks)
    archived(data)
    databases = Databases(data)
    databases.events.save(QUAKE)
    databases.close()
    AlertStore(data / "state" / "alerting.db").close()
    quarantine = Quarantine(data / "quarantine")
    quarantine.store([not_a_record()])
    quarantine.close()
    return data


def not_a_record(payload: bytes = b"hello", received_ns: int = START_NS) -> Quarantined:
    """Return a message that nobody can read."""
    return Quarantined(
        received_ns=received_ns,
        topic="plumbline/1/XX/TWR01/pi/blocks/3A.HN",
        cause=QuarantineCause.NOT_A_RECORD,
        reason="not a miniSEED 3 record",
        key=None,
        payload=payload,
    )


def _groups(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    for first in range(0, len(blocks), 20):
        yield list(blocks[first : first + 20])
