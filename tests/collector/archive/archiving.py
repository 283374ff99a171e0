"""A journal and its archive in a folder, for tests."""

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import obspy
from blocks import T0_NS

from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.archive.stage import ArchiveStage
from plumbline.collector.journal import Journal
from plumbline.wire.block import NS, Block
from plumbline.wire.record import encode

NSLC = "XX.TWR01.3A.HNZ"


class ArchiveRig:
    """Blocks go in; day files, open hours and windows come out."""

    def __init__(self, folder: Path, settings: ArchiveSettings | None = None) -> None:
        self.folder = folder
        self.settings = settings or ArchiveSettings()
        self.journal = Journal(folder / "journal")
        self.now_ns = T0_NS
        self.stage = self._built()
        self.reader = ArchiveReader(folder)

    def _built(self) -> ArchiveStage:
        return ArchiveStage(self.folder, self.journal, self.settings, self.now_ns)

    def take(self, blocks: Iterable[Block], group: int = 100) -> None:
        """Journal blocks and let the archive follow, a group at a time."""
        waiting = list(blocks)
        for first in range(0, len(waiting), group):
            part = waiting[first : first + group]
            self.now_ns = max(self.now_ns, part[-1].end_ns)
            self.journal.append([(self.now_ns, encode(b)) for b in part], part)
            self.journal.sync()
            self.follow()

    def follow(self) -> None:
        while entries := self.journal.read(self.stage._position):
            self.stage.take(entries, self.now_ns)
        self.stage.idle(self.now_ns)

    def wait(self, seconds: float) -> None:
        """Let time pass: hours whose time has come are closed."""
        self.now_ns += round(seconds * NS)
        self.stage.idle(self.now_ns)

    def restart(self) -> None:
        self.stage.close()
        self.stage = self._built()

    def crash(self) -> None:
        """Lose what the stage has in memory, as a kill would."""
        self.stage._index.close()
        self.stage = self._built()
        self.follow()

    def day_files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.glob("archive/*/*/*/*/*")}

    def counts(self, nslc: str = NSLC) -> np.ndarray:
        """Return every archived sample of a channel by plain ObsPy, in the order of time."""
        stream = obspy.Stream()
        for name, content in sorted(self.day_files().items()):
            if name.startswith(nslc):
                stream += obspy.read(io.BytesIO(content))
        stream.sort(["starttime"])
        return np.concatenate([trace.data for trace in stream]) if stream else np.zeros(0, int)

    def close(self) -> None:
        self.reader.close()
        self.stage._index.close()
        self.journal.close()
