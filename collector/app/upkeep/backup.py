"""Backup of a data folder, consistent while its collector runs.

Nothing that is copied may point beyond what is copied after it. So readers of events come before
the events, every database before the archive's files, and the journal last, up to what is durable
then. What the archive's index states of its files is stable: they are only appended to.
"""

import time
from collections.abc import Mapping
from pathlib import Path

from plumbline import __version__
from plumbline.collector.app.upkeep.copying import (
    CannotCopy,
    copied_database,
    copied_file,
    require_space,
    scratch_folder,
    sync_tree,
)
from plumbline.collector.app.upkeep.database_table import DATABASES
from plumbline.collector.app.upkeep.findings import OnProgress, ProgressMeter
from plumbline.collector.app.upkeep.journal_check import durable_end, segment_firsts
from plumbline.collector.app.upkeep.manifest import NAME, FileDigest, Manifest, digest_of
from plumbline.collector.app.upkeep.sqlite_read import opened_database
from plumbline.collector.app.upkeep.verify import collector_runs
from plumbline.collector.archive.index import ArchiveIndex
from plumbline.collector.journal.segment import entries_in
from plumbline.collector.journal.segment_reader import segment_path
from plumbline.collector.journal.store_id import known_store_id
from plumbline.collector.storage.files import sync_folder

EVENTS, ARCHIVE = "state/events.db", "state/archive.db"
AFTER_ITS_READERS = ("state/events.db", "state/ledger.db", "state/archive.db")
ATTEMPTS = 10
OWN_WAY = ("journal", "archive", "open", "outbox")
"""Folders that are not simply copied; messages handed to a gateway are not sent twice."""
_NEVER = ("-wal", "-shm", "-journal")


class DataBackup:
    """One backup of one data folder.

    Parameters
    ----------
    data, to
        The data folder, and the folder to make; it must not exist.

    Raises
    ------
    CannotCopy
        If there is no data, or the target exists or lies inside the data.
    """

    def __init__(self, data: Path, to: Path, on_progress: OnProgress | None = None) -> None:
        if not (data / "journal").is_dir() or not (data / "state").is_dir():
            raise CannotCopy(f"{data}: no journal and state in it; give a collector's data folder")
        if to.exists():
            raise CannotCopy(f"{to}: exists; nothing is overwritten, name a new folder")
        if to.resolve().is_relative_to(data.resolve()):
            raise CannotCopy(f"{to}: lies inside {data}; choose a folder elsewhere")
        self._data, self._to = data, to
        self._running = collector_runs(data)
        self._files: dict[str, FileDigest] = {}
        total = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
        self._total = total
        self._meter = ProgressMeter(total, on_progress)

    def run(self) -> Manifest:
        """Make the backup; until it is whole the target does not exist.

        Raises
        ------
        CannotCopy
            If the folder cannot be copied as it is.
        """
        made_ns = time.time_ns()
        self._to.parent.mkdir(parents=True, exist_ok=True)
        require_space(self._to.parent, self._total)
        with scratch_folder(self._to.parent, self._to.name) as scratch:
            store_id = known_store_id(self._data / "journal") or ""
            self._plain_files(scratch)
            for name in self._databases():
                self._database(name, scratch)
            self._archive(scratch)
            journal_end = self._journal(scratch)
            manifest = Manifest(
                made_ns=made_ns,
                version=__version__,
                store_id=store_id,
                journal_end=journal_end,
                files=dict(sorted(self._files.items())),
            )
            (scratch / NAME).write_text(manifest.to_text(), encoding="utf-8")
            sync_tree(scratch)
            if self._to.exists():
                raise CannotCopy(f"{self._to}: appeared meanwhile; nothing is overwritten")
            scratch.rename(self._to)
            sync_folder(self._to.parent)
        return manifest

    def _databases(self) -> list[str]:
        """Return the databases there are: those that follow events before the events."""
        surveys = [f"surveys/{path.name}" for path in self._data.glob("surveys/*.db")]
        names = [name for name in [*DATABASES, *surveys] if (self._data / name).exists()]
        return sorted(names, key=lambda name: (name in AFTER_ITS_READERS, name == ARCHIVE))

    def _database(self, name: str, scratch: Path) -> None:
        path = self._data / name
        with opened_database(path, running=self._running) as db:
            self._files[name] = copied_database(db, scratch / name)
        self._meter.add(path.stat().st_size)

    def _plain_files(self, scratch: Path) -> None:
        """Copy what is neither a store nor a database: reports, and whatever else lies there."""
        databases = set(self._databases())
        for path in sorted(self._data.rglob("*")):
            inside = path.relative_to(self._data)
            name = str(inside)
            if inside.parts[0] in OWN_WAY or not path.is_file() or name.endswith(_NEVER):
                continue
            if name not in databases:
                self._files[name] = copied_file(path, scratch / name, None, self._meter)

    def _archive(self, scratch: Path) -> None:
        """Copy open hours and day files as long as the index says; again if an hour is closed."""
        if ARCHIVE not in self._files:
            return
        for _ in range(ATTEMPTS):
            with opened_database(scratch / ARCHIVE, running=False) as db:
                index = ArchiveIndex(db)
                open_files, day_files = index.open_files(), index.day_files()
                newest = index.newest_chunk()
            hours = self._open_hours(open_files, scratch)
            with opened_database(self._data / ARCHIVE, running=self._running) as db:
                if hours is not None and ArchiveIndex(db).newest_chunk() == newest:
                    break
            (scratch / ARCHIVE).unlink()
            self._database(ARCHIVE, scratch)
        else:
            raise CannotCopy(f"{self._data}: hours are closed faster than they are copied")
        self._files.update(hours)
        for path in (scratch / "open").glob("*/*"):
            if str(path.relative_to(scratch)) not in hours:
                path.unlink()  # of an hour that was closed meanwhile
        for name, length in sorted(day_files.items()):
            target = scratch / "archive" / name
            source = self._data / "archive" / name
            self._files[f"archive/{name}"] = copied_file(source, target, length, self._meter)

    def _open_hours(
        self, lengths: Mapping[str, int], scratch: Path
    ) -> dict[str, FileDigest] | None:
        """Copy open hours as long as the index says; None if one was closed meanwhile."""
        try:
            return {
                f"open/{name}": copied_file(
                    self._data / "open" / name, scratch / "open" / name, length, self._meter
                )
                for name, length in lengths.items()
            }
        except FileNotFoundError:
            return None
        except CannotCopy:
            if self._running:
                return None  # closed, and begun again by late data
            raise

    def _journal(self, scratch: Path) -> int:
        """Copy segments up to the durable end of now; return that end."""
        folder = self._data / "journal"
        end = durable_end(folder)
        if end is None:
            end = _whole_end(folder)
        for first in segment_firsts(folder):
            name = f"journal/{first:020d}.seg"
            source = segment_path(folder, first)
            try:
                length = min(source.stat().st_size, end - first)
                if length >= 0:
                    digest = copied_file(source, scratch / name, length, self._meter)
                    self._files[name] = digest
            except FileNotFoundError:  # released: every stage has passed it
                (scratch / name).unlink(missing_ok=True)
        durable = scratch / "journal" / "durable"
        durable.parent.mkdir(exist_ok=True)
        durable.write_bytes(end.to_bytes(8, "little"))
        self._files["journal/durable"] = digest_of(durable)
        return end


def _whole_end(folder: Path) -> int:
    """Return where the last whole entry ends; of a journal that states no durable end."""
    firsts = segment_firsts(folder)
    if not firsts:
        return 0
    content = segment_path(folder, firsts[-1]).read_bytes()
    return firsts[-1] + max((entry.end for entry in entries_in(content)), default=0)
