"""Verification of the journal: segments follow each other, every durable entry proves itself."""

import mmap
from collections.abc import Iterator
from pathlib import Path

from plumbline.collector.app.upkeep.findings import Finding, ProgressMeter, StoreKind, VerifyReport
from plumbline.collector.journal.entry import Entry, Mark
from plumbline.collector.journal.segment import entries_in
from plumbline.collector.journal.segment_reader import DURABLE
from plumbline.wire.record_header import record_key


def durable_end(journal: Path) -> int | None:
    """Return the offset below which the writer called everything durable; None if it never did."""
    try:
        content = (journal / DURABLE).read_bytes()
    except FileNotFoundError:
        return None
    return int.from_bytes(content[:8], "little") if len(content) >= 8 else None


def segment_firsts(journal: Path) -> list[int]:
    """Return the offsets at which the segments begin."""
    return sorted(int(path.stem) for path in journal.glob("*.seg") if path.stem.isdecimal())


class JournalCheck:
    """One walk through the journal.

    Parameters
    ----------
    data
        The data folder.

    Attributes
    ----------
    first_offset, end_offset
        What the walk covered; the end is known when it is over. [B]
    """

    def __init__(self, data: Path, report: VerifyReport, meter: ProgressMeter) -> None:
        self._folder = data / "journal"
        self._report, self._meter = report, meter
        self._durable = durable_end(self._folder)
        self._firsts = segment_firsts(self._folder)
        self.first_offset = self.end_offset = self._firsts[0] if self._firsts else 0

    def entries(self) -> Iterator[Entry]:
        """Yield every whole entry; what is damaged or missing becomes a finding."""
        for n, first in enumerate(self._firsts):
            if first != self.end_offset:
                self._note_missing(first)
            following = self._firsts[n + 1] if n + 1 < len(self._firsts) else None
            yield from self._segment(first, following)
        if self._durable is not None and self.end_offset < self._durable:
            text = (
                f"the journal ends at offset {self.end_offset} and was durable to {self._durable}: "
                f"{self._durable - self.end_offset} bytes are gone; agents send again what the "
                "ledger does not hold"
            )
            self._find(self._firsts[-1] if self._firsts else 0, text, self.end_offset)

    def _segment(self, first: int, following: int | None) -> Iterator[Entry]:
        path = self._folder / f"{first:020d}.seg"
        try:
            size = path.stat().st_size
        except FileNotFoundError:  # released meanwhile
            self.end_offset = following if following is not None else first
            return
        self._report.count("segments")
        at = end = 0
        if size:
            with path.open("rb") as file, mmap.mmap(file.fileno(), size, prot=mmap.PROT_READ) as it:
                content = it[:]
            for found in entries_in(content):
                if self._durable is not None and first + found.start >= self._durable:
                    break  # written and not synced: nobody was told of it
                if found.start > end:
                    self._find_damage(first, end, found.start)
                payload = content[found.payload_start : found.end]
                offset = first + found.start
                end = found.end
                self._report.count("entries")
                if record_key(payload) is None:
                    self._find(first, "an entry holds no block of ours", offset, end - found.start)
                    continue
                yield Entry(offset, first + end, found.received_ns, payload, Mark(found.mark))
                self._meter.add(end - at)
                at = end
        whole = size if following is not None else self._durable_size(first, size, end)
        if whole > end:
            self._find_damage(first, end, whole)
            end = whole
        self._meter.add(size - at)
        self.end_offset = first + end

    def _durable_size(self, first: int, size: int, end: int) -> int:
        """Return up to which byte the newest segment must be whole: what follows was cut short."""
        return end if self._durable is None else min(size, self._durable - first)

    def _find_damage(self, first: int, start: int, end: int) -> None:
        text = f"{end - start} bytes are no whole entry; what they held is missing here"
        self._find(first, text, first + start, end - start)

    def _note_missing(self, first: int) -> None:
        apart = first - self.end_offset
        text = (
            f"a segment is missing before it: offsets {self.end_offset} to {first}"
            if apart > 0
            else f"it begins at offset {first}, {-apart} bytes before the end of the one before"
        )
        self._find(first, text, first)
        self.end_offset = first

    def _find(self, first: int, text: str, offset: int, length: int | None = None) -> None:
        self._report.findings.append(
            Finding(
                store=StoreKind.JOURNAL,
                file=f"journal/{first:020d}.seg",
                first_byte=offset - first,
                length=length,
                text=text,
            )
        )
