"""Verification of the SQLite files: structure, schema, version, and every row can be read.

SQLite keeps no checksum of its pages: a changed digit inside a value is found only where something
else contradicts it. A backup has the digest of every file, so there nothing goes unseen.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from plumbline.collector.app.upkeep.database_table import DATABASES, SURVEYS, StateDatabase
from plumbline.collector.app.upkeep.findings import Finding, ProgressMeter, StoreKind, VerifyReport
from plumbline.collector.app.upkeep.sqlite_read import opened_database
from plumbline.collector.app.upkeep.write_ahead_log import damaged_frame

_PAGE = re.compile(r"page (\d+)", re.IGNORECASE)
TYPES: dict[str, type] = {"INTEGER": int, "TEXT": str, "BLOB": bytes}


def database_files(data: Path) -> dict[str, StateDatabase]:
    """Return the databases of a folder, those that must be there and those that are."""
    surveys = {f"surveys/{path.name}": SURVEYS for path in sorted(data.glob("surveys/*.db"))}
    return {
        name: about
        for name, about in {**DATABASES, **surveys}.items()
        if about.always or (data / name).exists()
    }


def check_databases(
    data: Path, *, running: bool, report: VerifyReport, meter: ProgressMeter
) -> None:
    """Look at every database of a data folder."""
    for name, about in database_files(data).items():
        path = data / name
        if not path.exists():
            report.findings.append(_finding(name, about, "is missing"))
            continue
        report.count("databases")
        found = list(_problems(path, about, running=running))
        report.findings += [_finding(name, about, text, at) for text, at in found]
        log = path.with_name(f"{path.name}-wal")
        if not running and log.exists() and (at := damaged_frame(log)) is not None:
            text = "the write-ahead log is damaged: what was committed from there on is lost"
            report.findings.append(_finding(f"{name}-wal", about, text, at))
        meter.add(path.stat().st_size)


def _finding(name: str, about: StateDatabase, text: str, at: int | None = None) -> Finding:
    text = f"{text}; it holds {about.schema.content}: {about.to_do}"
    return Finding(store=StoreKind.DATABASE, file=name, first_byte=at, text=text)


def _problems(
    path: Path, about: StateDatabase, *, running: bool
) -> Iterator[tuple[str, int | None]]:
    try:
        with opened_database(path, running=running) as db:
            page_bytes = int(db.execute("PRAGMA page_size").fetchone()[0])
            damaged = [row[0] for row in db.execute("PRAGMA integrity_check(20)")]
            for text in damaged:
                if text != "ok":
                    page = _PAGE.search(text)
                    at = (int(page[1]) - 1) * page_bytes if page else None
                    yield f"SQLite finds it damaged ({text.strip()})", at
            if damaged == ["ok"]:
                yield from ((text, None) for text in _schema_problems(db, about))
                yield from ((text, None) for text in _row_problems(db, about))
    except (sqlite3.Error, UnicodeDecodeError, ValueError) as error:
        yield f"SQLite cannot read it ({error})", 0 if "not a database" in str(error) else None


def _schema_problems(db: sqlite3.Connection, about: StateDatabase) -> Iterator[str]:
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > about.schema.version:
        yield f"schema version {version}, this program knows {about.schema.version}"
    names = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for missing in sorted(set(about.tables) - names):
        yield f"table {missing} is missing"


def _row_problems(db: sqlite3.Connection, about: StateDatabase) -> Iterator[str]:
    """Read every row, as text that is text and as JSON where it should be."""
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in names:
        as_json = {c.partition(".")[2] for c in about.json_columns if c.startswith(f"{table}.")}
        rows = db.execute(f'SELECT * FROM "{table}"')  # noqa: S608  (a name SQLite gave)
        columns = [column[0] for column in rows.description]
        declared = db.execute(f'PRAGMA table_info("{table}")').fetchall()
        types = [TYPES.get(str(column[2]).upper(), object) for column in declared]
        for number, row in enumerate(rows):
            for column, value, kind in zip(columns, row, types, strict=True):
                if value is not None and not isinstance(value, kind):
                    yield f"row {number} of {table}: {column} is no {kind.__name__}"
                if column in as_json and value is not None:
                    try:
                        json.loads(value)
                    except ValueError as error:
                        yield f"row {number} of {table}: {column} is no JSON ({error})"
