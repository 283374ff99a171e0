"""The journal: every accepted message, durable, in the order it came."""

from plumbline.collector.journal.entry import Entry, Mark, is_future
from plumbline.collector.journal.errors import (
    JournalBroken,
    JournalError,
    JournalFull,
    JournalLocked,
    OffsetOutOfRange,
)
from plumbline.collector.journal.segment_journal import Journal
from plumbline.collector.journal.settings import JournalSettings

__all__ = [
    "Entry",
    "Journal",
    "JournalBroken",
    "JournalError",
    "JournalFull",
    "JournalLocked",
    "JournalSettings",
    "Mark",
    "OffsetOutOfRange",
    "is_future",
]
