"""A database is opened in one way: upgraded once, never by a program that is too old for it."""

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from plumbline.collector.storage.database import (
    IN_MEMORY,
    Durability,
    Schema,
    open_database,
    open_to_read,
    transaction,
)
from plumbline.collector.storage.errors import CannotOpenDatabase, DatabaseTooNew

FIRST = """
CREATE TABLE IF NOT EXISTS thing (name TEXT PRIMARY KEY) STRICT;
CREATE TRIGGER IF NOT EXISTS thing_stays BEFORE DELETE ON thing
BEGIN SELECT RAISE(ABORT, 'a; thing; stays'); END;
INSERT OR IGNORE INTO thing VALUES ('first');
"""
SECOND = "ALTER TABLE thing ADD COLUMN size INTEGER"
OLD = Schema(content="things", steps=(FIRST,))
NEW = Schema(content="things", steps=(FIRST, SECOND))


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_a_fresh_file_gets_every_step_its_folder_and_the_version(tmp_path: Path) -> None:
    path = tmp_path / "state" / "things.db"
    with closing(open_database(path, NEW)) as db:
        assert db.execute("SELECT name, size FROM thing").fetchall() == [("first", None)]
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA synchronous").fetchone() == (2,)
        assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert db.isolation_level is None
    assert version(path) == 2


def test_what_is_computed_again_waits_for_no_disk(tmp_path: Path) -> None:
    schema = Schema(content="things", steps=(FIRST,), durability=Durability.LATEST_LOST)
    with closing(open_database(tmp_path / "things.db", schema)) as db:
        assert db.execute("PRAGMA synchronous").fetchone() == (1,)


def test_a_file_of_0_2_0_has_tables_and_no_version_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "things.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"{FIRST}; INSERT INTO thing VALUES ('kept');")
    with closing(open_database(path, NEW)) as db:
        assert db.execute("SELECT * FROM thing").fetchall() == [("first", None), ("kept", None)]
    assert version(path) == 2


def test_only_the_steps_that_are_missing_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "things.db"
    with closing(open_database(path, OLD)) as db:
        db.execute("INSERT INTO thing VALUES ('kept')")
    for _ in range(2):  # the second time there is nothing to do
        with closing(open_database(path, NEW)) as db:
            assert [name for name, _ in db.execute("SELECT * FROM thing")] == ["first", "kept"]


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "things.db"
    open_database(path, OLD).close()
    broken = Schema(content="things", steps=(FIRST, f"{SECOND};\nNONSENSE;"))
    with pytest.raises(CannotOpenDatabase, match=r"things\.db \(things\): cannot be opened.*NONS"):
        open_database(path, broken)
    assert version(path) == 1
    with closing(open_database(path, NEW)) as db:
        assert db.execute("SELECT size FROM thing").fetchall() == [(None,)]


@pytest.mark.parametrize("opened", [open_database, open_to_read])
def test_a_newer_file_is_refused_in_one_line_and_left_alone(tmp_path: Path, opened) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "things.db"
    open_database(path, NEW).close()
    before = path.read_bytes()
    with pytest.raises(DatabaseTooNew) as refused:
        opened(path, OLD)
    assert str(refused.value) == (
        f"{path} (things): written by a newer Plumbline (schema version 2, this one knows up to 1);"
        " run that Plumbline or a newer one, or restore the backup made before the update"
    )
    assert path.read_bytes() == before


@pytest.mark.parametrize("opened", [open_database, open_to_read])
def test_what_is_no_database_is_refused_in_one_line(tmp_path: Path, opened) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "things.db"
    path.write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(CannotOpenDatabase, match=r"things\.db.*not a database") as refused:
        opened(path, OLD)
    assert "\n" not in str(refused.value)


def test_a_reader_sees_what_is_there_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a folder #1?" / "things.db"
    assert open_to_read(path, OLD) is None
    with closing(open_database(path, OLD)) as writer:
        reader = open_to_read(path, OLD)
        assert reader is not None
        with closing(reader):
            assert reader.execute("SELECT name FROM thing").fetchall() == [("first",)]
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                reader.execute("INSERT INTO thing VALUES ('second')")
            writer.execute("INSERT INTO thing VALUES ('second')")
            assert reader.execute("SELECT count(*) FROM thing").fetchone() == (2,)


def test_an_older_file_is_read_as_if_it_were_up_to_date_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "things.db"
    open_database(path, OLD).close()
    before = path.read_bytes()
    reader = open_to_read(path, NEW)
    assert reader is not None
    with closing(reader):
        assert reader.execute("SELECT name, size FROM thing").fetchall() == [("first", None)]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.execute("INSERT INTO thing VALUES ('second', 1)")
    assert path.read_bytes() == before


def test_a_file_that_is_being_made_is_not_there_yet_for_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "things.db"
    path.touch()
    assert open_to_read(path, OLD) is None


def test_a_transaction_is_committed_whole_or_undone(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "things.db", OLD)) as db:
        with pytest.raises(sqlite3.IntegrityError), transaction(db):
            db.execute("INSERT INTO thing VALUES ('second')")
            db.execute("INSERT INTO thing VALUES ('second')")
        assert not db.in_transaction
        with transaction(db) as tx:
            tx.execute("INSERT INTO thing VALUES ('third')")
        assert [name for (name,) in db.execute("SELECT * FROM thing")] == ["first", "third"]


def test_a_transaction_waits_for_one_of_another_connection(tmp_path: Path) -> None:
    path = tmp_path / "things.db"
    with closing(open_database(path, OLD)) as one, closing(open_database(path, OLD)) as other:
        one.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, one.execute, ("COMMIT",))
        release.start()
        with transaction(other) as tx:
            tx.execute("INSERT INTO thing VALUES ('second')")
        release.join()


def test_a_database_in_memory_leaves_no_file(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    with closing(open_database(IN_MEMORY, OLD)) as db:
        assert db.execute("SELECT name FROM thing").fetchall() == [("first",)]
    assert list(tmp_path.iterdir()) == []


ROUNDS = 100
OPENS = """
import sys, time
from pathlib import Path
from plumbline.collector.storage.database import Schema, open_database, transaction
schema = Schema(content="things", steps=(sys.argv[2], "ALTER TABLE thing ADD COLUMN size INTEGER"))
print("ready", flush=True)
began = float(sys.stdin.readline())
for number in range(int(sys.argv[4])):
    while time.time() < began + 0.02 * number:
        pass
    db = open_database(Path(sys.argv[1]) / f"{number}.db", schema)
    with transaction(db):
        db.execute("INSERT INTO thing VALUES (?, 1)", (sys.argv[3],))
    db.close()
"""


def test_processes_that_open_a_fresh_file_at_one_moment_all_come_in(tmp_path: Path) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-c", OPENS, str(tmp_path), FIRST, name, str(ROUNDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in "abcd"
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    began = f"{time.time() + 0.2}\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write(began)
        child.stdin.flush()
    assert [child.communicate(timeout=100)[1] for child in children] == [""] * 4
    for number in range(ROUNDS):
        with closing(sqlite3.connect(tmp_path / f"{number}.db")) as db:
            names = [name for (name,) in db.execute("SELECT name FROM thing ORDER BY name")]
        assert names == ["a", "b", "c", "d", "first"]
