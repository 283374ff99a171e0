"""Reading a collector's SQLite file without touching it: no lock file, no shared memory is made.

Beside a running collector the file is read through SQLite, which costs its writer nothing. Of a
stopped one the file itself is read, or, where a write-ahead log was left by a crash, a copy.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


def is_locked(*paths: Path) -> bool:
    """Tell whether some process has a lock on a file, asking the kernel's list, not the lock."""
    try:
        table = Path("/proc/locks").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return False
    locked = {words[5] for words in map(str.split, table.splitlines()) if len(words) > 5}
    inodes = {place.rpartition(":")[2] for place in locked}
    return any(str(path.stat().st_ino) in inodes for path in paths if path.exists())


@contextmanager
def opened_database(path: Path, *, running: bool) -> Iterator[sqlite3.Connection]:
    """Open a database for reading.

    Parameters
    ----------
    running
        Whether its collector runs; whoever else has the file open counts as well.
    """
    running = running or is_locked(path, path.with_name(f"{path.name}-shm"))
    log = path.with_name(f"{path.name}-wal")
    if running:
        yield from _connected(f"{path.resolve().as_uri()}?mode=ro")
    elif not log.exists() or log.stat().st_size == 0:
        yield from _connected(f"{path.resolve().as_uri()}?immutable=1")
    else:
        with TemporaryDirectory(prefix="plumbline-") as folder:
            for source in (path, log):
                shutil.copyfile(source, Path(folder) / source.name)
            yield from _connected((Path(folder) / path.name).as_uri())


def _connected(uri: str) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(uri, uri=True, timeout=10.0, isolation_level=None)
    try:
        yield db
    finally:
        db.close()
