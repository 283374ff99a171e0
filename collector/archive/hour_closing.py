"""Closing an hour: its blocks become miniSEED 2.4 records at the end of the day files.

A day file is never rewritten. Blocks that are in it already, sample for sample (sent again after
the ledger was lost), are left out; blocks that differ are appended.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import numpy as np

from plumbline.collector.archive.chunk_reader import runs_in
from plumbline.collector.archive.index import ArchiveIndex, IndexedChunk
from plumbline.collector.archive.open_hour import OpenBlock, blocks_in, runs_of, stream_of
from plumbline.collector.archive.record_packing import packed
from plumbline.collector.archive.sample_run import SampleRun, chained
from plumbline.collector.archive.sds import by_day
from plumbline.collector.storage.files import sync_folder, write_all
from plumbline.wire.block import NS


@dataclass(slots=True)
class Closing:
    """What closing some hours comes to: chunks for the index, files to make durable."""

    open_names: list[str] = field(default_factory=list)
    chunks: list[IndexedChunk] = field(default_factory=list)
    lengths: dict[str, int] = field(default_factory=dict)


class Repacker:
    """Appends closed hours to the day files; the stage commits them to the index."""

    def __init__(
        self, archive: Path, open_folder: Path, index: ArchiveIndex, lengths: Sequence[int]
    ):
        self._archive = archive
        self._open = open_folder
        self._index = index
        self._lengths = lengths

    def close(self, name: str, length: int, closing: Closing) -> None:
        """Append what an open file holds to its day files, and add it to ``closing``."""
        path = self._open / name
        with path.open("rb") as file:
            blocks = _once(blocks_in(file.read(length)))
        key, axes = stream_of(path.name)
        for run in runs_of(key, axes, self._unknown(key, axes, blocks)):
            for day_name, part in by_day(run):
                self._append(day_name, part, closing)
        closing.open_names.append(name)

    def _append(self, day_name: str, run: SampleRun, closing: Closing) -> None:
        content = b"".join(record.content for record in packed(run, 2, self._lengths))
        at = closing.lengths.get(day_name, -1)
        if at < 0:
            at = self._index.day_length(day_name)
        path = self._archive / day_name
        if at == 0 and not path.parent.is_dir():
            _make_folders(path.parent)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.ftruncate(fd, at)  # whatever follows is of a closing that was not committed
            os.lseek(fd, at, os.SEEK_SET)
            write_all(fd, content)
            os.fsync(fd)
        finally:
            os.close(fd)
        if at == 0:
            sync_folder(path.parent)
        closing.lengths[day_name] = at + len(content)
        closing.chunks.append(
            IndexedChunk(
                nslc=run.nslc,
                start_ns=run.start_ns,
                end_ns=run.end_ns,
                name=day_name,
                first_byte=at,
                length=len(content),
                samples=run.n_samples,
                quality=int(run.qualities.min()),
                error_ns=int(run.errors_ns.max()),
                crc=crc32(content),
            )
        )

    def _unknown(self, key: str, axes: str, blocks: list[OpenBlock]) -> list[OpenBlock]:
        """Return the blocks that the day files do not hold already, sample for sample."""
        if not blocks:
            return []
        start_ns = min(block.start_ns for block in blocks)
        end_ns = max(_end_ns(block) for block in blocks)
        archived: list[list[SampleRun]] = []
        for axis in axes:
            pieces: list[SampleRun] = []
            for chunk in self._index.chunks(key + axis, start_ns, end_ns):
                pieces += runs_in(self._archive, chunk, start_ns, end_ns)
            if not pieces:
                return blocks
            archived.append(chained(pieces))
        return [
            block
            for block in blocks
            if not all(
                any(_holds(run, block, row) for run in runs) for row, runs in enumerate(archived)
            )
        ]


def _once(blocks: Iterable[OpenBlock]) -> list[OpenBlock]:
    """Return blocks without exact copies of one before: a journal that is replayed from its begin
    (its cursor was of another one) writes an open hour again.
    """
    found: dict[tuple[int, float, bytes], OpenBlock] = {}
    for block in blocks:
        found.setdefault((block.start_ns, block.rate_hz, block.counts.tobytes()), block)
    return list(found.values())


def _holds(run: SampleRun, block: OpenBlock, row: int) -> bool:
    """Return whether a run has exactly these samples at exactly this time (to half a sample)."""
    counts = block.counts[row]
    first = run.index_at(block.start_ns - run.half_sample_ns)
    return (
        first + counts.size <= run.n_samples
        and abs(run.time_ns(first) - block.start_ns) <= run.half_sample_ns
        and np.array_equal(run.counts[first : first + counts.size], counts)
    )


def _end_ns(block: OpenBlock) -> int:
    return int(block.start_ns + round(block.counts.shape[1] * NS / block.rate_hz))


def _make_folders(folder: Path) -> None:
    """Make a folder and its parents durable."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)
