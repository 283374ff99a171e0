"""Restoring a backup into a new data folder, with a journal that speaks for itself.

The journal of a backup holds less than its first owner once told the agents. It therefore gets a
new identity: agents take nothing as held on the old one's word and hand in what is missing. Ledger,
archive and series follow the new identity, because what they say is true of the copied journal.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from plumbline.collector.app.upkeep.copying import (
    CannotCopy,
    copied_file,
    require_space,
    scratch_folder,
    sync_tree,
)
from plumbline.collector.app.upkeep.findings import OnProgress, ProgressMeter
from plumbline.collector.app.upkeep.manifest import Manifest, NotABackup, damaged_files
from plumbline.collector.journal.store_id import store_id
from plumbline.collector.storage.files import sync_folder

FOLLOWERS = {"state/ledger.db": "meta.store", "state/archive.db": "meta.store",
             "state/series.db": "store.id"}  # fmt: skip
"""Databases that name the journal they follow, and in which column."""


def restore(backup: Path, data: Path, on_progress: OnProgress | None = None) -> Manifest:
    """Restore a backup.

    Parameters
    ----------
    backup
        A folder that a backup was written to.
    data
        The data folder to make; it may exist if it is empty.

    Raises
    ------
    NotABackup
        If the folder is none, or a file of it is damaged.
    CannotCopy
        If the data folder holds anything, or there is no room.
    """
    manifest = Manifest.read(backup)
    total = sum(one.size for one in manifest.files.values())
    meter = ProgressMeter(2 * total, on_progress)
    damage = [finding for finding in damaged_files(backup, manifest, meter) if finding.wrong]
    if damage:
        raise NotABackup(
            f"{backup}: {damage[0].file} {damage[0].text}; nothing is restored from a damaged "
            f"backup ({len(damage)} files), see 'plumbline verify {backup}'"
        )
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise CannotCopy(f"{data}: not empty; nothing is overwritten, move it away first")
    made = not data.exists()
    data.mkdir(parents=True, exist_ok=True)
    try:
        require_space(data, total)
        with scratch_folder(data, "restoring") as scratch:
            for name, stated in manifest.files.items():
                if copied_file(backup / name, scratch / name, None, meter) != stated:
                    raise NotABackup(f"{backup / name}: changed while it was read")
            _give_new_identity(scratch)
            _own_like(data, scratch)
            sync_tree(scratch)
            for path in sorted(scratch.iterdir()):  # names on one disk: at once, or not at all
                path.rename(data / path.name)
            sync_folder(data)
    finally:
        if made and not any(data.iterdir()):
            data.rmdir()
    return manifest


def _give_new_identity(scratch: Path) -> None:
    """Name the journal anew, and let what follows it follow the new name."""
    identity = store_id(scratch / "journal")
    for name, column in FOLLOWERS.items():
        path = scratch / name
        if path.exists():
            table, _, field = column.partition(".")
            with closing(sqlite3.connect(path, isolation_level=None)) as db:
                db.execute("PRAGMA synchronous=FULL")
                db.execute(f"UPDATE {table} SET {field} = ?", (identity,))  # noqa: S608


def _own_like(data: Path, scratch: Path) -> None:
    """Give everything to the owner of the data folder, so that root can restore for a service."""
    about = data.stat()
    if os.geteuid() == 0 and about.st_uid != 0:
        for path in (scratch, *scratch.rglob("*")):
            os.chown(path, about.st_uid, about.st_gid)
