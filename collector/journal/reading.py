"""The reading side of a journal, whatever holds it: segment files here, or another process's."""

from typing import Protocol

from plumbline.collector.journal.entry import Entry


class JournalReader(Protocol):
    """Durable entries in the order they came, by offset."""

    @property
    def store_id(self) -> str:
        """Identity of the journal."""

    @property
    def first_offset(self) -> int:
        """Offset of the oldest entry that is still there."""

    @property
    def end_offset(self) -> int:
        """Offset below which everything is durable."""

    def wait(self, offset: int, timeout_s: float) -> bool:
        """Wait until something durable lies at or after an offset; return whether it does."""

    def wake(self) -> None:
        """Wake whoever waits, so that they can see that it is time to stop."""

    def read(self, offset: int, limit_bytes: int = 4 << 20) -> list[Entry]:
        """Return durable entries from an offset on, about ``limit_bytes`` of them.

        Raises
        ------
        OffsetOutOfRange
            If the entries there were released.
        """
