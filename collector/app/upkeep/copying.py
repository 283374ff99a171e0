"""Copying into a folder that nobody reads yet: durable, digested, and gone if it is given up."""

import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from plumbline.collector.app.upkeep.findings import ProgressMeter
from plumbline.collector.app.upkeep.manifest import PIECE_BYTES, FileDigest, digest_of
from plumbline.collector.storage.files import sync_folder

SPARE_BYTES = 64 << 20
"""Left free beside a copy: databases and names need a little more than the files' sizes. [B]"""


class CannotCopy(Exception):
    """A copy cannot be made; the text says why and what to do."""


@contextmanager
def scratch_folder(parent: Path, name: str) -> Iterator[Path]:
    """Make a folder beside what it becomes; removed on every way out unless it was renamed."""
    folder = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=parent))
    folder.chmod(0o750)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def require_space(folder: Path, n_bytes: int) -> None:
    """Refuse a copy that the disk has no room for.

    Raises
    ------
    CannotCopy
        If it has not.
    """
    free = shutil.disk_usage(folder).free
    if free < n_bytes + SPARE_BYTES:
        raise CannotCopy(
            f"{folder}: {free / 1e6:.0f} MB are free and {n_bytes / 1e6:.0f} MB are needed; "
            "free some space, or choose another disk"
        )


def copied_file(
    source: Path, target: Path, length: int | None, meter: ProgressMeter | None = None
) -> FileDigest:
    """Copy a file, or so many of its first bytes, durably; return what was written.

    Raises
    ------
    CannotCopy
        If the file is shorter.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    total, left = hashlib.sha256(), source.stat().st_size if length is None else length
    size = left
    with source.open("rb") as file, target.open("wb") as out:
        while left and (piece := file.read(min(PIECE_BYTES, left))):
            out.write(piece)
            total.update(piece)
            left -= len(piece)
            if meter is not None:
                meter.add(len(piece))
        out.flush()
        os.fsync(out.fileno())
    if left:
        raise CannotCopy(
            f"{source}: {left} bytes shorter than it should be; run 'plumbline verify' first"
        )
    return FileDigest(size, total.hexdigest())


def copied_database(db: sqlite3.Connection, target: Path) -> FileDigest:
    """Copy an open database as it is at one moment; its writer is not held up."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(target)) as copy:
        db.backup(copy)
    with target.open("rb") as file:
        os.fsync(file.fileno())
    return digest_of(target)


def sync_tree(folder: Path) -> None:
    """Make every name below a folder durable."""
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            sync_folder(path)
