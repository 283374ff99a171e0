"""Every store opens a fresh file and one of 0.2.0, stamps it, and refuses a newer one."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest
from old_data import STORE_ID, unpacked

from plumbline.collector.alerting.store import database as alerting
from plumbline.collector.app.databases import bring_up_to_date
from plumbline.collector.app.sentinel import memory
from plumbline.collector.app.upkeep.database_table import DATABASES
from plumbline.collector.archive import index
from plumbline.collector.events import store as events
from plumbline.collector.field.labels import store as labels
from plumbline.collector.field.levelling import store as levelling
from plumbline.collector.health import board
from plumbline.collector.ingest import ledger_store, quarantine
from plumbline.collector.jobs.modal import store as modal
from plumbline.collector.jobs.residual import store as residual
from plumbline.collector.jobs.strong_motion import store as strong_motion
from plumbline.collector.limits import adoptions
from plumbline.collector.stages.influxdb import state
from plumbline.collector.storage.database import Schema, open_to_read
from plumbline.collector.storage.errors import DatabaseTooNew

NEWER = 99


class Closes(Protocol):
    def close(self) -> None: ...


class Store(NamedTuple):
    """How a store opens its file, and the schema it opens it with."""

    opened: Callable[[Path], Closes]
    schema: Schema
    in_0_2_0: bool = True


STORES = {
    "state/events.db": Store(events.EventStore, events.SCHEMA),
    "state/alerting.db": Store(alerting.AlertStore, alerting.SCHEMA),
    "state/limits.db": Store(adoptions.AdoptionStore, adoptions.SCHEMA),
    "state/ledger.db": Store(
        lambda path: ledger_store.LedgerStore(path, STORE_ID), ledger_store.SCHEMA
    ),
    "state/archive.db": Store(
        lambda path: index.ArchiveIndex.to_write(path, STORE_ID), index.SCHEMA
    ),
    "state/episodes.db": Store(strong_motion.EpisodeStore, strong_motion.SCHEMA),
    "state/modal.db": Store(modal.ModalStore, modal.SCHEMA),
    "state/afterwards.db": Store(residual.ResidualStore, residual.SCHEMA),
    "state/series.db": Store(lambda path: state.InfluxState(path, STORE_ID), state.SCHEMA),
    "state/labels.db": Store(labels.LabelStore, labels.SCHEMA),
    "quarantine/quarantine.db": Store(
        lambda path: quarantine.Quarantine(path.parent), quarantine.SCHEMA
    ),
    "surveys/TWR01.db": Store(levelling.SurveyStore, levelling.SCHEMA),
    "state/health.db": Store(board.HealthBoard, board.SCHEMA, in_0_2_0=False),
    "sentinel/sentinel.db": Store(memory.SentinelMemory, memory.SCHEMA, in_0_2_0=False),
}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("old")).parent / "data"


@pytest.fixture
def data(old: Path, tmp_path: Path) -> Iterator[Path]:
    yield shutil.copytree(old, tmp_path / "data")


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def stamp(path: Path, number: int) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {number}")


def rows(path: Path, tables: dict[str, list[str]]) -> dict[str, list[Any]]:
    """Return all rows of some columns of some tables."""
    with closing(sqlite3.connect(path)) as db:
        return {
            table: sorted(db.execute(f"SELECT {', '.join(names)} FROM {table}"), key=repr)
            for table, names in tables.items()
        }


def columns(path: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(path)) as db:
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            table: [column[1] for column in db.execute(f"PRAGMA table_info({table})")]
            for (table,) in names
            if not table.startswith("sqlite_")
        }


def test_every_database_of_a_data_folder_is_walked_here() -> None:
    assert STORES.keys() >= DATABASES.keys()
    assert all(STORES[name].schema is about.schema for name, about in DATABASES.items())


@pytest.mark.parametrize("name", STORES)
def test_a_fresh_file_has_the_newest_version(tmp_path: Path, name: str) -> None:
    store, path = STORES[name], tmp_path / name
    for _ in range(2):
        store.opened(path).close()
    assert version(path) == store.schema.version
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("name", [name for name, store in STORES.items() if store.in_0_2_0])
def test_a_file_of_0_2_0_is_stamped_and_loses_no_row(data: Path, name: str) -> None:
    store, path = STORES[name], data / name
    assert version(path) == (1 if name == "state/alerting.db" else 0)
    known = columns(path)
    before = rows(path, known)
    assert any(before.values()) or name == "quarantine/quarantine.db"
    store.opened(path).close()
    assert version(path) == store.schema.version
    after = rows(path, known)
    added = set(after["mark"]) - set(before["mark"]) if name == "state/alerting.db" else set()
    assert {row[0] for row in added} <= {"last place"}  # of an inspection: new since then
    assert {**after, **({"mark": before["mark"]} if added else {})} == before


@pytest.mark.parametrize("name", [name for name, store in STORES.items() if store.in_0_2_0])
def test_a_file_of_0_2_0_can_be_read_before_it_is_brought_up_to_date(data: Path, name: str) -> None:
    reader = open_to_read(data / name, STORES[name].schema)
    assert reader is not None
    with closing(reader):
        tables = {row[0] for row in reader.execute("SELECT name FROM sqlite_master")}
    STORES[name].opened(data / name).close()
    assert tables >= set(columns(data / name))


@pytest.mark.parametrize("name", STORES)
def test_a_newer_file_is_refused_with_what_to_do_and_left_alone(tmp_path: Path, name: str) -> None:
    store, path = STORES[name], tmp_path / name
    store.opened(path).close()
    stamp(path, NEWER)
    before = path.read_bytes()
    with pytest.raises(DatabaseTooNew) as refused:
        store.opened(path)
    text = str(refused.value)
    assert str(path) in text
    assert f"schema version {NEWER}" in text
    assert "run that Plumbline or a newer one, or restore" in text
    assert "\n" not in text
    assert path.read_bytes() == before


def test_one_newer_database_keeps_all_others_as_they_were(data: Path) -> None:
    stamp(data / "surveys" / "TWR01.db", NEWER)
    with pytest.raises(DatabaseTooNew, match=r"TWR01\.db \(levelling runs"):
        bring_up_to_date(data)
    assert version(data / "state" / "archive.db") == 0


def test_all_databases_are_brought_up_to_date_and_none_is_made(data: Path) -> None:
    (data / "state" / "labels.db").unlink()
    bring_up_to_date(data)
    for name in DATABASES:
        if name != "state/labels.db":
            assert version(data / name) == STORES[name].schema.version
    assert not (data / "state" / "labels.db").exists()


def test_a_damaged_database_is_left_to_the_store_that_needs_it(data: Path) -> None:
    (data / "state" / "series.db").write_bytes(b"no database" * 1000)
    bring_up_to_date(data)
    assert version(data / "state" / "archive.db") == index.SCHEMA.version
