"""SQLite databases opened in one way: durable, for several processes, with a schema version.

The version is SQLite's ``user_version``. A file of an older version is brought up to date in one
transaction when it is opened to be written; a file of a newer version is refused and left alone.
Plumbline 0.2.0 stamped no version (0), its alerting database excepted.
"""

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from plumbline.collector.storage.errors import CannotOpenDatabase, DatabaseTooNew
from plumbline.collector.storage.files import sync_folder

IN_MEMORY = Path(":memory:")
"""Opens a database that no file holds, for one process and as long as it is open."""
_RETRY_MS = 20


class Durability(StrEnum):
    """Which commits a power cut may undo; a killed process undoes none."""

    EVERY_COMMIT = "FULL"
    """None: every commit waits for the disk."""
    LATEST_LOST = "NORMAL"
    """The latest ones, for what is computed again from elsewhere."""
    UNSYNCED = "OFF"
    """Any, and the file may be damaged: for what is begun anew then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Tables of a database, as the steps that lead from an empty file to them.

    Attributes
    ----------
    content
        What the file holds, in the words of an error.
    steps
        SQL scripts, the oldest first; a released one is never changed. The first passes over
        tables that are there already, as in a file of Plumbline 0.2.0.
    durability
        Which commits a power cut may undo.
    busy_s
        How long a transaction waits for another process that writes. [s]
    """

    content: str
    steps: tuple[str, ...]
    durability: Durability = Durability.EVERY_COMMIT
    busy_s: float = 30.0

    @property
    def version(self) -> int:
        """The version of a file to which every step was applied."""
        return len(self.steps)


def open_database(path: Path, schema: Schema) -> sqlite3.Connection:
    """Open a database for reading and writing; made with its folder when it is not there.

    Returns
    -------
    sqlite3.Connection
        Without implicit transactions (see `transaction`); it may be handed from thread to thread,
        and a store that several threads use has a lock of its own.

    Raises
    ------
    DatabaseTooNew
        If a newer version of this program wrote the file.
    CannotOpenDatabase
        If SQLite cannot open it.
    """
    fresh = path != IN_MEMORY and not path.exists()
    if fresh:
        path.parent.mkdir(parents=True, exist_ok=True)
    db = _connect(path, schema, str(path), uri=False)
    try:
        _version(db, path, schema)
        _use_write_ahead_log(db, schema.busy_s)
        db.execute(f"PRAGMA synchronous = {schema.durability}")
        db.execute("PRAGMA foreign_keys = ON")
        _bring_up_to_date(db, path, schema)
    except BaseException as error:
        db.close()
        if isinstance(error, sqlite3.Error):
            raise CannotOpenDatabase(path, schema.content, error) from error
        raise
    if fresh:
        sync_folder(path.parent)
    return db


def open_to_read(path: Path, schema: Schema) -> sqlite3.Connection | None:
    """Open a database that another process may be writing; return None where there is none yet.

    Notes
    -----
    A file of an older version is left as it is: it is copied to memory and brought up to date
    there, so what is written to the file from then on is not seen. A collector brings its files up
    to date before anything reads them.

    Raises
    ------
    DatabaseTooNew
        If a newer version of this program wrote the file.
    CannotOpenDatabase
        If SQLite cannot open it.
    """
    if not path.exists():
        return None
    db = _connect_to_read(path, schema)
    try:
        version = _version(db, path, schema)
        empty = db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
        if version < schema.version and not empty:
            db = _copy_in_memory(db)
            _bring_up_to_date(db, path, schema)
            db.execute("PRAGMA query_only = ON")
    except BaseException as error:
        db.close()
        if isinstance(error, sqlite3.Error):
            raise CannotOpenDatabase(path, schema.content, error) from error
        raise
    if empty:  # another process is making it at this moment
        db.close()
        return None
    return db


def refuse_newer(path: Path, schema: Schema) -> None:
    """Raise `DatabaseTooNew` if a newer version of this program wrote the file; change nothing."""
    with closing(_connect_to_read(path, schema)) as db:
        try:
            _version(db, path, schema)
        except sqlite3.Error as error:
            raise CannotOpenDatabase(path, schema.content, error) from error


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Commit all that is written inside, or nothing; waits for other processes that write."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # a full disk has rolled back by itself
            db.execute("ROLLBACK")
        raise


def _connect(path: Path, schema: Schema, name: str, *, uri: bool) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            name, uri=uri, timeout=schema.busy_s, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise CannotOpenDatabase(path, schema.content, error) from error


def _connect_to_read(path: Path, schema: Schema) -> sqlite3.Connection:
    return _connect(path, schema, f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _version(db: sqlite3.Connection, path: Path, schema: Schema) -> int:
    """Return the version of the file; a newer one than we know is refused."""
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > schema.version:
        raise DatabaseTooNew(path, schema.content, version, schema.version)
    return version


def _use_write_ahead_log(db: sqlite3.Connection, busy_s: float) -> None:
    """Switch to WAL, beside other processes that do the same with a fresh file.

    Each then waits for the others to let go first, so nobody waits long; all try again.
    """
    deadline = time.monotonic() + busy_s
    db.execute(f"PRAGMA busy_timeout = {_RETRY_MS}")
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(random.random() * _RETRY_MS / 1e3)
    db.execute(f"PRAGMA busy_timeout = {round(busy_s * 1e3)}")


def _copy_in_memory(db: sqlite3.Connection) -> sqlite3.Connection:
    copy = sqlite3.connect(IN_MEMORY, isolation_level=None, check_same_thread=False)
    with closing(db):
        db.backup(copy)
    return copy


def _bring_up_to_date(db: sqlite3.Connection, path: Path, schema: Schema) -> None:
    if _version(db, path, schema) == schema.version:
        return
    with transaction(db):
        version = _version(db, path, schema)  # another process may have been faster
        for step in schema.steps[version:]:
            for statement in _statements(step):
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {schema.version}")


def _statements(script: str) -> Iterator[str]:
    """Split a script where SQLite sees the end of a statement (a trigger holds semicolons)."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending
