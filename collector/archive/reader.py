"""Reading the archive: any window of any channel, day files and open hour together.

Safe beside a running collector, in its process or another. While an hour is being closed it is for
a moment in both places; what is there twice is read once here.
"""

import contextlib
import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from plumbline.collector.archive.chunk_reader import runs_in
from plumbline.collector.archive.index import ArchiveIndex, IndexedChunk
from plumbline.collector.archive.open_hour import (
    HOUR_NS,
    DamagedBytes,
    blocks_in,
    hour_end_ns,
    runs_of,
    stream_of,
)
from plumbline.collector.archive.record_check import DamagedRecord
from plumbline.collector.archive.sample_run import SampleRun, merged
from plumbline.wire.block import FOREVER_NS

ATTEMPTS = 20


class ArchiveGap(NamedTuple):
    """A stretch of a window without samples. [ns since 1970]"""

    nslc: str
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveWindow:
    """Samples of some channels in a span of time, and what is missing or damaged in it.

    Attributes
    ----------
    start_ns, end_ns
        The span requested; samples with ``start_ns <= time < end_ns``. [ns since 1970]
    channels
        The runs of each channel in the order of time, by SEED name; requested and empty: no runs.
    hidden
        Samples left out because another run has the same instant, by SEED name.
    damaged
        Records that cannot be read; their samples are left out.
    """

    start_ns: int
    end_ns: int
    channels: dict[str, list[SampleRun]]
    hidden: dict[str, int]
    damaged: tuple[DamagedRecord, ...] = ()

    @property
    def runs(self) -> list[SampleRun]:
        """Every run, a channel after the other."""
        return [run for runs in self.channels.values() for run in runs]

    def gaps(self) -> list[ArchiveGap]:
        """Return what is missing, also before the first and after the last sample."""
        found: list[ArchiveGap] = []
        for nslc, runs in self.channels.items():
            due_ns = self.start_ns
            for run in runs:
                period_ns = 2 * run.half_sample_ns
                if run.start_ns - due_ns > (
                    period_ns if due_ns == self.start_ns else period_ns / 2
                ):
                    found.append(ArchiveGap(nslc, due_ns, run.start_ns))
                due_ns = run.end_ns
            if self.end_ns > due_ns:
                found.append(ArchiveGap(nslc, due_ns, self.end_ns))
        return found


class ArchiveReader:
    """Reader of one collector's archive, by window and channel.

    Parameters
    ----------
    data
        The collector's data folder.
    index
        Its index where it is open already; None opens it when it is needed.
    """

    def __init__(self, data: Path, index: ArchiveIndex | None = None) -> None:
        self._archive = data / "archive"
        self._open = data / "open"
        self._index_path = data / "state" / "archive.db"
        self._index = index

    def channels(self, pattern: str = "*") -> list[str]:
        """Return the channels there are, as ``XX.TWR01.3A.HNZ``, that fit a shell pattern."""
        names: set[str] = set()
        for path in self._open_files(-FOREVER_NS, FOREVER_NS):
            key, axes = stream_of(path.name)
            names.update(key + axis for axis in axes)
        if (index := self._opened()) is not None:  # after the open files: what left them is here
            names.update(index.channels())
        return sorted(fnmatch.filter(names, pattern))

    def read_window(self, stream_or_nslc: str, start_ns: int, end_ns: int) -> ArchiveWindow:
        """Return the samples of a stream or channel with ``start_ns <= time < end_ns``.

        Parameters
        ----------
        stream_or_nslc
            A stream as ``XX.TWR01.3A.HN`` or a channel as ``XX.TWR01.3A.HNZ``; shell patterns
            (``XX.TWR01.*.HN?``) are allowed.
        """
        start_ns, end_ns = max(start_ns, -FOREVER_NS), min(end_ns, FOREVER_NS)
        is_stream = len(stream_or_nslc.rpartition(".")[2]) == 2
        names = self.channels(stream_or_nslc + "?" if is_stream else stream_or_nslc)
        channels: dict[str, list[SampleRun]] = {}
        hidden: dict[str, int] = {}
        damaged: list[DamagedRecord] = []
        for key in dict.fromkeys(name[:-1] for name in names):
            wanted = [name for name in names if name[:-1] == key]
            found: list[DamagedRecord] = []
            pieces = self._pieces(key, wanted, start_ns, end_ns, found)
            damaged += found
            lead: list[SampleRun] | None = None
            for nslc in wanted:
                runs, hidden[nslc] = merged([piece for piece in pieces if piece.nslc == nslc])
                channels[nslc] = cut = _cut(runs, lead, start_ns, end_ns)
                lead = None if found else lead or cut  # what one axis lost, the others have
        return ArchiveWindow(
            start_ns=start_ns,
            end_ns=end_ns,
            channels=channels,
            hidden=hidden,
            damaged=tuple(damaged),
        )

    def close(self) -> None:
        """Close the index."""
        if self._index is not None:
            self._index.close()
            self._index = None

    def _pieces(
        self,
        key: str,
        names: list[str],
        start_ns: int,
        end_ns: int,
        damaged: list[DamagedRecord],
    ) -> list[SampleRun]:
        """Return all there is; read again if an hour was closed meanwhile.

        The index is read last: an hour that was gone from the open files is in it.
        """
        closed = self._chunks(names, start_ns, end_ns)
        for _ in range(ATTEMPTS):
            before = closed
            torn: list[DamagedRecord] = []
            newest = self._open_pieces(key, names, start_ns, end_ns, torn)
            closed = self._chunks(names, start_ns, end_ns)
            if closed == before:
                break
        pieces: list[SampleRun] = []
        for chunk in closed:
            pieces += runs_in(self._archive, chunk, start_ns, end_ns, damaged)
        damaged += torn
        return pieces + newest

    def _chunks(self, names: list[str], start_ns: int, end_ns: int) -> list[IndexedChunk]:
        index = self._opened()
        if index is None:
            return []
        return [chunk for name in names for chunk in index.chunks(name, start_ns, end_ns)]

    def _open_pieces(
        self,
        key: str,
        names: list[str],
        start_ns: int,
        end_ns: int,
        torn: list[DamagedRecord],
    ) -> list[SampleRun]:
        """Return what the open hours hold; a block may have begun in the hour before."""
        pieces: list[SampleRun] = []
        for path in self._open_files(start_ns, end_ns):
            if path.name.startswith(key + "."):
                with contextlib.suppress(FileNotFoundError):  # closed now: the index has it
                    damaged: list[DamagedBytes] = []
                    blocks = list(blocks_in(path.read_bytes(), start_ns, end_ns, damaged))
                    torn += [
                        _damaged_block(path, nslc, one)
                        for nslc in names
                        for one in damaged
                        if one.start_ns < end_ns and one.end_ns > start_ns
                    ]
                    pieces += runs_of(*stream_of(path.name), blocks)
        return [piece for piece in pieces if piece.nslc in names]

    def _open_files(self, start_ns: int, end_ns: int) -> Iterator[Path]:
        """Yield the files of open hours in a span; they may be closed, and go, meanwhile."""
        for folder in list(self._open.iterdir()) if self._open.is_dir() else ():
            ends_ns = hour_end_ns(folder.name)
            if start_ns < ends_ns + HOUR_NS and end_ns > ends_ns - HOUR_NS:
                with contextlib.suppress(FileNotFoundError):
                    yield from folder.iterdir()

    def _opened(self) -> ArchiveIndex | None:
        if self._index is None:
            self._index = ArchiveIndex.to_read(self._index_path)
        return self._index


def _cut(
    runs: list[SampleRun], lead: list[SampleRun] | None, start_ns: int, end_ns: int
) -> list[SampleRun]:
    """Trim runs to a span, or to the very samples that another axis of the instrument has.

    The records of two axes do not begin at the same sample, so their times may differ by the
    packing's tolerance; cut apart, one axis could come out a sample shorter.
    """
    half_ns = runs[0].half_sample_ns if runs else 0
    spans = [(run.start_ns - half_ns, run.end_ns - half_ns) for run in lead or ()]
    trimmed = [run.trimmed(a, b) for a, b in spans or [(start_ns, end_ns)] for run in runs]
    return [run for run in trimmed if run is not None]


def _damaged_block(path: Path, nslc: str, one: DamagedBytes) -> DamagedRecord:
    name = f"open/{path.parent.name}/{path.name}"
    length = one.end_byte - one.first_byte
    reason = "no whole block lies here"
    return DamagedRecord(nslc, name, one.first_byte, length, one.start_ns, one.end_ns, reason)
