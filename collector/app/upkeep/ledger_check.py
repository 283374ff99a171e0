"""Ledger against journal and archive: what was called held and is not there, where, and why.

The ledger knows blocks by boot and number, the archive by time; the journal knows both. Of blocks
the journal still has, every one must be held, and its samples archived once the archive's cursor
has passed it. Of blocks the journal has released, what lies between two that it has is looked for
in the archive by its time.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from plumbline.collector.app.upkeep.findings import Finding, StoreKind, VerifyReport
from plumbline.collector.app.upkeep.sqlite_read import opened_database
from plumbline.collector.archive.index import ArchiveIndex
from plumbline.collector.archive.open_hour import HOUR_NS
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.ingest.ledger_store import BootRow, boot_rows
from plumbline.collector.journal.entry import Entry
from plumbline.wire.block import NS, Block
from plumbline.wire.errors import WireError
from plumbline.wire.ranges import RangeSet
from plumbline.wire.timestamps import iso_nanoseconds

Span = tuple[int, int]
PACKING_NS = 1_000_000  # recorded and archived times part by less
MOST_HOURS = 2000  # spans of so many stream-hours are remembered; a journal walks through time


@dataclass(slots=True)
class _BootSeen:
    """Blocks of one boot in the journal: their numbers, and the times of each edge of a range."""

    numbers: RangeSet = field(default_factory=RangeSet)
    times_ns: dict[int, Span] = field(default_factory=dict)


class LedgerCheck:
    """Takes every entry of the journal, then compares.

    Parameters
    ----------
    data
        The data folder.
    store
        Identity of its journal; what a ledger says of another one says nothing.
    running
        Whether its collector runs.
    """

    def __init__(
        self, data: Path, store: str | None, *, running: bool, report: VerifyReport
    ) -> None:
        self._report = report
        self._hours: dict[tuple[str, int], list[Span]] = {}
        self._seen: dict[tuple[str, int], _BootSeen] = defaultdict(_BootSeen)
        self._unheld: dict[tuple[str, int], RangeSet] = defaultdict(RangeSet)
        self._lost: dict[tuple[str, int], RangeSet] = defaultdict(RangeSet)
        self._boots: dict[tuple[str, int], BootRow] = {}
        self._opened = ExitStack()
        self.ledger_offset = self.archive_cursor = 0
        damaged = {finding.file for finding in report.findings}
        self._held: dict[tuple[str, int], RangeSet] = {}
        if (name := "state/ledger.db") not in damaged:
            try:
                with opened_database(data / name, running=running) as db:
                    self._read_ledger(db, store)
            except (ValueError, TypeError) as error:
                self._find("state/ledger.db", f"a row contradicts itself: {error}")
        self._reader: ArchiveReader | None = None
        if (name := "state/archive.db") not in damaged:
            db = self._opened.enter_context(opened_database(data / name, running=running))
            index = ArchiveIndex(db)
            self._reader = ArchiveReader(data, index)
            self.archive_cursor = index.cursor() if index.store() == store else 0

    def _read_ledger(self, db: sqlite3.Connection, store: str | None) -> None:
        row = db.execute("SELECT store, offset FROM meta").fetchone()
        if row is None or row[0] != store:
            return  # it is made anew at the next start
        boots = {(boot.stream, boot.boot): boot for boot in boot_rows(db)}
        self._held = {key: RangeSet(boot.held) for key, boot in boots.items()}
        self._boots, self.ledger_offset = boots, int(row[1])

    def close(self) -> None:
        """Let go of the databases."""
        self._opened.close()

    def entry(self, entry: Entry) -> None:
        """Take one entry of the journal."""
        try:
            block = entry.block()
        except (WireError, ValueError) as error:
            text = f"the entry at offset {entry.offset} cannot be decoded: {error}"
            self._find("journal", text)
            return
        key = (block.stream.key, block.boot)
        self._note(self._seen[key], block)
        if entry.offset < self.ledger_offset and block.seq not in self._held.get(key, RangeSet()):
            self._unheld[key].add(block.seq)
        if entry.next_offset <= self.archive_cursor and not self._archived(block):
            self._lost[key].add(block.seq)

    def finish(self, first_offset: int, end_offset: int) -> None:
        """Compare what the whole walk came to."""
        for name, cursor in (("ledger", self.ledger_offset), ("archive", self.archive_cursor)):
            if cursor > end_offset:
                text = f"its cursor {cursor} lies beyond the journal's end {end_offset}"
                self._find(name, text)
        for key, numbers in self._unheld.items():
            self._ranges(key, numbers, "are in the journal and the ledger does not hold them")
        for key, numbers in self._lost.items():
            self._ranges(key, numbers, "are in the journal and not in the archive")
        for key, boot in self._boots.items():
            self._report.count("blocks held", self._held[key].size())
            self._compare(key, boot, first_offset)

    def _compare(self, key: tuple[str, int], boot: BootRow, first_offset: int) -> None:
        seen = self._seen[key]
        for first, last in boot.held:
            for a, b in _missing(seen.numbers, first, last):
                before, after = seen.times_ns.get(a - 1), seen.times_ns.get(b + 1)
                if before is not None and after is not None:
                    if not self._covered(key[0], before[1], after[0], b - a + 1):
                        text = "are called held and are neither in the journal nor in the archive"
                        self._one(key, a, b, text, (before[1], after[0]))
                elif first_offset == 0:
                    self._one(key, a, b, "are called held and are not in the journal", None)
                else:
                    self._report.count("blocks held that the journal has released", b - a + 1)
        refused = {n: why for why, ranges in boot.refused.items() for n in ranges}
        for a, b in RangeSet(boot.held).missing(max((last for _, last in boot.held), default=0)):
            reasons = {why for (first, last), why in refused.items() if first <= b and a <= last}
            why = f"refused: {'; '.join(sorted(reasons))}" if reasons else "they never arrived"
            before, after = seen.times_ns.get(a - 1), seen.times_ns.get(b + 1)
            span = (before[1], after[0]) if before and after else None
            self._one(key, a, b, f"are missing: {why}", span, wrong=False)

    @staticmethod
    def _note(seen: _BootSeen, block: Block) -> None:
        """Keep the times of the edges only: of numbers in a row, the first and the last."""
        seen.numbers.add(block.seq)
        seen.times_ns[block.seq] = (block.start_ns, block.end_ns)
        for number in (block.seq - 1, block.seq, block.seq + 1):
            if number - 1 in seen.numbers and number + 1 in seen.numbers:
                seen.times_ns.pop(number, None)

    def _archived(self, block: Block) -> bool:
        return all(
            self._covered_channel(
                nslc, block.start_ns, block.end_ns, round(NS / block.rate_hz) // 2
            )
            for nslc in block.stream.nslc
        )

    def _covered(self, key: str, start_ns: int, end_ns: int, blocks: int) -> bool:
        """Tell whether every channel of a stream has samples where so many blocks should lie."""
        if self._reader is None:
            return True
        apart_ns = max(end_ns - start_ns, 0) // (2 * blocks)
        names = self._reader.channels(f"{key}?")
        return bool(names) and all(
            self._covered_channel(nslc, start_ns, end_ns, apart_ns) for nslc in names
        )

    def _covered_channel(self, nslc: str, start_ns: int, end_ns: int, apart_ns: int) -> bool:
        due_ns, apart_ns = start_ns, apart_ns + PACKING_NS
        for hour in range(start_ns // HOUR_NS, (end_ns - 1) // HOUR_NS + 1):
            for begin_ns, until_ns in self._spans(nslc, hour):
                if begin_ns <= due_ns + apart_ns:
                    due_ns = max(due_ns, until_ns)
        return due_ns >= end_ns - apart_ns

    def _spans(self, nslc: str, hour: int) -> list[Span]:
        """Return the stretches of an hour that are archived, in order."""
        if self._reader is not None and (nslc, hour) not in self._hours:
            if len(self._hours) >= MOST_HOURS:
                self._hours.clear()
            window = self._reader.read_window(nslc[:-1], hour * HOUR_NS, (hour + 1) * HOUR_NS)
            for name, runs in window.channels.items():
                self._hours[name, hour] = [(run.start_ns, run.end_ns) for run in runs]
            self._hours.setdefault((nslc, hour), [])
        return self._hours[nslc, hour]

    def _ranges(self, key: tuple[str, int], numbers: RangeSet, text: str) -> None:
        for first, last in numbers:
            self._one(key, first, last, text, None)

    def _one(
        self,
        key: tuple[str, int],
        first: int,
        last: int,
        text: str,
        span_ns: Span | None,
        *,
        wrong: bool = True,
    ) -> None:
        when = (
            f", {iso_nanoseconds(span_ns[0])} to {iso_nanoseconds(span_ns[1])}" if span_ns else ""
        )
        blocks = f"block {first}" if first == last else f"blocks {first} to {last}"
        text = f"{blocks} of boot {key[1]:016x}{when}: {text}"
        self._find(key[0], text, wrong=wrong)

    def _find(self, about: str, text: str, *, wrong: bool = True) -> None:
        self._report.findings.append(
            Finding(store=StoreKind.LEDGER, file=about, text=text, wrong=wrong)
        )


def _missing(numbers: RangeSet, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges between two numbers, inclusive, that are not in a set."""
    for a, b in numbers.missing(last + 1):
        if b >= first:
            yield max(a, first), b
