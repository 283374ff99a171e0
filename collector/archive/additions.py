"""Additions to the archive since the last poll, late data too, from its index."""

import contextlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from plumbline.collector.archive.index import ArchiveIndex
from plumbline.collector.archive.open_hour import blocks_in, stream_of
from plumbline.wire.block import NS


class AddedSpan(NamedTuple):
    """A stretch of a stream that the archive got. [ns since 1970]"""

    stream: str
    start_ns: int
    end_ns: int


class ArchiveAdditions:
    """Stretches added to an archive since the last poll; safe beside a running collector.

    An hour that is closed is added once more, as its records may hold what no poll has seen.

    Parameters
    ----------
    data
        The collector's data folder.
    """

    def __init__(self, data: Path) -> None:
        self._open = data / "open"
        self._index_path = data / "state" / "archive.db"
        self._index: ArchiveIndex | None = None
        self._lengths: dict[str, int] = {}
        self._newest_chunk = 0
        self._skip_all()

    def poll(self, streams: Collection[str]) -> list[AddedSpan]:
        """Return what was added of some streams since the last poll, whatever streams that was of.

        Parameters
        ----------
        streams
            Keys as ``XX.TWR01.3A.HN``.
        """
        index = self._opened()
        if index is None:
            return []
        # The chunks last: an hour closed in between is then among them.
        before, self._lengths = self._lengths, index.open_files()
        self._newest_chunk, chunks = index.chunks_after(self._newest_chunk)
        added = [AddedSpan(chunk.nslc[:-1], chunk.start_ns, chunk.end_ns) for chunk in chunks]
        for name, length in self._lengths.items():
            stream, _ = stream_of(name.rpartition("/")[2])
            if stream in streams and length != before.get(name, 0):
                added += self._appended(name, stream, before.get(name, 0), length)
        return [each for each in added if each.stream in streams]

    def close(self) -> None:
        """Close the index."""
        if self._index is not None:
            self._index.close()
            self._index = None

    def _skip_all(self) -> None:
        """Count what is there by now as polled."""
        index = self._opened()
        if index is not None:
            self._lengths = index.open_files()
            self._newest_chunk = index.newest_chunk()

    def _appended(self, name: str, stream: str, since: int, until: int) -> Iterator[AddedSpan]:
        """Yield the blocks of an open file beyond a length; of one that began anew all."""
        with contextlib.suppress(FileNotFoundError):  # closed now: its chunk comes with the next
            content = (self._open / name).read_bytes()[since if since < until else 0 : until]
            for block in blocks_in(content):
                length_ns = round(block.counts.shape[1] * NS / block.rate_hz)
                yield AddedSpan(stream, block.start_ns, block.start_ns + length_ns)

    def _opened(self) -> ArchiveIndex | None:
        if self._index is None:
            self._index = ArchiveIndex.to_read(self._index_path)
        return self._index
