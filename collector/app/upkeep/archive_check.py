"""Verification of the archive: every record of every day file, open hours, index against files."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from plumbline.collector.app.upkeep.findings import Finding, ProgressMeter, StoreKind, VerifyReport
from plumbline.collector.app.upkeep.sqlite_read import opened_database
from plumbline.collector.archive.chunk_reader import chunk_bytes
from plumbline.collector.archive.index import LONGEST_CHUNK_NS, ArchiveIndex, IndexedChunk
from plumbline.collector.archive.open_hour import DamagedBytes, blocks_in
from plumbline.collector.archive.record_check import (
    DamagedRecord,
    checked_records,
    matches_checksum,
)
from plumbline.collector.archive.sds import day_file
from plumbline.wire.block import FOREVER_NS

ATTEMPTS = 10
BAD_END = (
    "bytes at its end are no whole block; what they held is replayed from the journal, if there"
)


class ArchiveCheck:
    """Holds the index against the files, and every file against itself.

    Parameters
    ----------
    data
        The data folder.
    running
        Whether its collector runs: hours may be closed meanwhile.
    """

    def __init__(
        self, data: Path, *, running: bool, report: VerifyReport, meter: ProgressMeter
    ) -> None:
        self._data, self._running = data, running
        self._report, self._meter = report, meter
        self._path = data / "state" / "archive.db"

    def check(self) -> None:
        """Look at everything the index knows, and for files that it does not know."""
        if any(finding.file == "state/archive.db" for finding in self._report.findings):
            return  # without an index nothing can be held against it
        with opened_database(self._path, running=self._running) as db:
            index = ArchiveIndex(db)
            chunks = list(index.every_chunk())
            lengths, open_files = index.day_files(), index.open_files()
            newest = index.newest_chunk()
        by_file: dict[str, list[IndexedChunk]] = defaultdict(list)
        for chunk in chunks:
            by_file[chunk.name].append(chunk)
            if not _is_possible(chunk, lengths):
                text = f"a row of its chunks contradicts itself: {chunk}"
                self._find("state/archive.db", text, None, store=StoreKind.DATABASE)
        for name in sorted(by_file.keys() | lengths.keys()):
            self._day_file(name, by_file[name], lengths.get(name, 0))
        self._open_hours(open_files, newest)
        self._strays("archive", "*/*/*/*/*", by_file, StoreKind.ARCHIVE)
        self._strays("open", "*/*", open_files, StoreKind.OPEN_HOUR)

    def _day_file(self, name: str, chunks: list[IndexedChunk], length: int) -> None:
        path = self._data / "archive" / name
        size = path.stat().st_size if path.exists() else -1
        self._report.count("day files")
        if size < 0:
            self._find(f"archive/{name}", "is missing", 0, length)
        elif size < length:
            text = f"ends at byte {size}; the index says {length}"
            self._find(f"archive/{name}", text, size, length - size)
        due = 0
        for chunk in sorted(chunks, key=lambda one: one.first_byte):
            if chunk.first_byte != due:
                text = f"the index knows nothing of bytes {due} to {chunk.first_byte}"
                self._find(f"archive/{name}", text, due, chunk.first_byte - due)
            due = chunk.first_byte + chunk.length
            if _is_possible(chunk, {name: length}):
                self._chunk(chunk)
        if due != length:
            self._find(f"archive/{name}", f"the index states {length} bytes and has {due}", due)

    def _chunk(self, chunk: IndexedChunk) -> None:
        content = chunk_bytes(self._data / "archive", chunk)
        samples = 0
        damaged = False
        for record in checked_records(content, chunk):
            if isinstance(record, DamagedRecord):
                damaged = True
                text = f"{record.nslc}: {record.reason}"
                self._find(record.name, text, record.first_byte, record.length)
            else:
                samples += record.counts.size
                self._report.count("records")
        if not damaged and samples != chunk.samples:
            text = f"{chunk.nslc}: {samples} samples, the index says {chunk.samples}"
            self._find(f"archive/{chunk.name}", text, chunk.first_byte, chunk.length)
        if not matches_checksum(content, chunk) and chunk.crc is None:
            self._report.count("chunks without a checksum")
        self._report.count("samples", samples)
        self._meter.add(chunk.length)

    def _open_hours(self, open_files: dict[str, int], newest: int) -> None:
        """Look at the open hours; again where hours were closed meanwhile, as the index tells."""
        for _ in range(ATTEMPTS):
            before = len(self._report.findings)
            for name, length in sorted(open_files.items()):
                self._open_file(name, length)
            if not self._running or len(self._report.findings) == before:
                return
            with opened_database(self._path, running=True) as db:
                index = ArchiveIndex(db)
                if index.newest_chunk() == newest:
                    return
                newest, open_files = index.newest_chunk(), index.open_files()
            del self._report.findings[before:]

    def _open_file(self, name: str, length: int) -> None:
        path = self._data / "open" / name
        try:
            content = path.read_bytes()[:length]
        except FileNotFoundError:
            self._find(f"open/{name}", "is missing", 0, length, StoreKind.OPEN_HOUR)
            return
        self._report.count("open hours")
        damaged: list[DamagedBytes] = []
        end = max((block.end for block in blocks_in(content, damaged=damaged)), default=0)
        for one in damaged:
            text = "no whole block lies here"
            size = one.end_byte - one.first_byte
            self._find(f"open/{name}", text, one.first_byte, size, StoreKind.OPEN_HOUR)
        if len(content) < length:
            text = f"ends at byte {len(content)}; the index says {length}"
            missing = length - len(content)
            self._find(f"open/{name}", text, len(content), missing, StoreKind.OPEN_HOUR)
        elif end < length:
            text = f"{length - end} {BAD_END}"
            self._find(f"open/{name}", text, end, length - end, StoreKind.OPEN_HOUR)
        self._meter.add(len(content))

    def _strays(self, folder: str, pattern: str, known: Iterable[str], store: StoreKind) -> None:
        """Report files nobody knows; beside a running collector they may be its newest."""
        names = set(known)
        for path in sorted((self._data / folder).glob(pattern)):
            name = str(path.relative_to(self._data / folder))
            if path.is_file() and name not in names and not self._running:
                text = "the index does not know this file"
                replayed = store is StoreKind.OPEN_HOUR
                if replayed:
                    text += "; it is replayed from the journal at the next start"
                size = path.stat().st_size
                self._find(f"{folder}/{name}", text, 0, size, store, wrong=not replayed)

    def _find(
        self,
        file: str,
        text: str,
        at: int | None,
        length: int | None = None,
        store: StoreKind = StoreKind.ARCHIVE,
        *,
        wrong: bool = True,
    ) -> None:
        self._report.findings.append(
            Finding(store=store, file=file, first_byte=at, length=length, text=text, wrong=wrong)
        )


def _is_possible(chunk: IndexedChunk, lengths: Mapping[str, int]) -> bool:
    """Tell whether a row of the index is one that the archive writes."""
    return (
        chunk.nslc.isascii()
        and chunk.nslc.count(".") == 3
        and abs(chunk.start_ns) < FOREVER_NS
        and chunk.start_ns < chunk.end_ns < chunk.start_ns + LONGEST_CHUNK_NS
        and chunk.name == day_file(chunk.nslc, chunk.start_ns)
        and chunk.first_byte >= 0
        and chunk.length > 0
        and chunk.first_byte + chunk.length <= lengths.get(chunk.name, 0)
    )
