"""Recovery before the first message: rebuild the ledger, try the quarantine again."""

from collections.abc import Mapping
from pathlib import Path
from zlib import crc32

from plumbline.collector.ingest.ingest import Ingest
from plumbline.collector.ingest.ledger import Ledger
from plumbline.collector.ingest.ledger_store import LedgerStore
from plumbline.collector.ingest.quarantine import Quarantine
from plumbline.collector.ingest.validation import Incoming
from plumbline.collector.journal import Journal
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.record_header import record_key


def opened_ledger(path: Path, journal: Journal) -> Ledger:
    """Return the ledger of a journal: its snapshot, and what the journal holds since."""
    ledger = Ledger(LedgerStore(path, journal.store_id))
    offset = max(ledger.offset, journal.first_offset)
    while entries := journal.read(offset):
        for entry in entries:
            key = record_key(entry.payload)
            if key is not None:
                ledger.hold(key, crc32(entry.payload), entry.received_ns)
        offset = entries[-1].next_offset
    ledger.save(journal.end_offset)
    journal.pin(ledger.offset)
    return ledger


def retry_quarantine(
    quarantine: Quarantine, ingest: Ingest, places: Mapping[str, Place], now_ns: int
) -> int:
    """Take what waited for the inventory to know its stream; return how many messages it was."""
    taken = 0
    for stream in places:
        while waiting := quarantine.waiting(stream):
            ingest.take([Incoming(topic, payload, now_ns) for _, _, topic, payload in waiting])
            quarantine.drop([number for number, *_ in waiting])
            taken += len(waiting)
    return taken
