"""Adoptions of candidate limits: one SQLite file, and an audit log that is only added to."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from plumbline.analysis.limit_standing import Adoption, Standing
from plumbline.collector.storage.database import Schema, open_database, transaction

_TABLES = """
CREATE TABLE IF NOT EXISTS adoption (
    limit_id TEXT PRIMARY KEY, engineer TEXT NOT NULL, date TEXT NOT NULL, document TEXT NOT NULL,
    definition TEXT NOT NULL, at_ns INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS audit (
    id INTEGER PRIMARY KEY, at_ns INTEGER NOT NULL, entry TEXT NOT NULL, limit_id TEXT NOT NULL,
    person TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
CREATE TRIGGER IF NOT EXISTS audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
"""
SCHEMA = Schema(content="who adopted which limit, and the log of it", steps=(_TABLES,))


class AdoptionEntry(StrEnum):
    """What can be written in the log."""

    ADOPTED = "adopted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """One adoption of a limit.

    Attributes
    ----------
    by
        Who, when, in which document.
    definition
        The limit as it was then; another definition is another limit.
    at_ns
        When it was written down. [ns since 1970]
    """

    limit_id: str
    by: Adoption
    definition: str
    at_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionLogLine:
    """One line of the log.

    Attributes
    ----------
    at_ns
        When it was written. [ns since 1970]
    person
        Who answers for it.
    detail
        Standing before and after, the limit as it was then, document and date, or the reason.
    """

    at_ns: int
    entry: AdoptionEntry
    limit_id: str
    person: str
    detail: dict[str, Any]


def database_path(data: Path) -> Path:
    """Return where the adoptions of a collector lie."""
    return data / "state" / "limits.db"


class AdoptionStore:
    """The adoptions of one collector, for any process beside others.

    Parameters
    ----------
    path
        The file; made with its folder when it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._db = open_database(path, SCHEMA)

    def version(self) -> int:
        """Return a number that changes when another process has written."""
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def adopt(self, limit_id: str, by: Adoption, *, definition: str, at_ns: int) -> None:
        """Save an adoption and its line in the log, in one transaction."""
        with transaction(self._db):
            before = self._one(limit_id)
            self._db.execute(
                "INSERT OR REPLACE INTO adoption VALUES (?, ?, ?, ?, ?, ?)",
                (limit_id, by.engineer, by.date, by.document, definition, at_ns),
            )
            self._log(
                at_ns,
                AdoptionEntry.ADOPTED,
                limit_id,
                by.engineer,
                {
                    "before": Standing.CANDIDATE,
                    "after": Standing.PROJECT,
                    "document": by.document,
                    "date": by.date,
                    "definition": json.loads(definition),
                    "replaces": json.loads(before.definition) if before else None,
                },
            )

    def withdraw(self, limit_id: str, *, by: str, reason: str, at_ns: int) -> bool:
        """Take an adoption back; return whether there was one."""
        with transaction(self._db):
            before = self._one(limit_id)
            if before is None:
                return False
            self._db.execute("DELETE FROM adoption WHERE limit_id = ?", (limit_id,))
            detail = {
                "before": Standing.PROJECT,
                "after": Standing.CANDIDATE,
                "reason": reason,
                "definition": json.loads(before.definition),
                "adopted_by": before.by.engineer,
            }
            self._log(at_ns, AdoptionEntry.WITHDRAWN, limit_id, by, detail)
        return True

    def adoptions(self) -> dict[str, Adopted]:
        """Return the adoptions there are, by limit."""
        return {each.limit_id: each for each in self._adoptions("")}

    def log(self) -> list[AdoptionLogLine]:
        """Return the log, oldest line first."""
        rows = self._db.execute(
            "SELECT at_ns, entry, limit_id, person, detail FROM audit ORDER BY id"
        ).fetchall()
        return [
            AdoptionLogLine(
                at_ns=at_ns,
                entry=AdoptionEntry(entry),
                limit_id=limit_id,
                person=person,
                detail=json.loads(detail),
            )
            for at_ns, entry, limit_id, person, detail in rows
        ]

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _one(self, limit_id: str) -> Adopted | None:
        return next(self._adoptions("WHERE limit_id = ?", limit_id), None)

    def _adoptions(self, where: str, *values: str) -> Iterator[Adopted]:
        columns = "limit_id, engineer, date, document, definition, at_ns"
        rows = self._db.execute(f"SELECT {columns} FROM adoption {where}", values).fetchall()  # noqa: S608
        for limit_id, engineer, date, document, definition, at_ns in rows:
            yield Adopted(
                limit_id=limit_id,
                by=Adoption(engineer=engineer, date=date, document=document),
                definition=definition,
                at_ns=at_ns,
            )

    def _log(
        self, at_ns: int, entry: AdoptionEntry, limit_id: str, person: str, detail: dict[str, Any]
    ) -> None:
        self._db.execute(
            "INSERT INTO audit (at_ns, entry, limit_id, person, detail) VALUES (?, ?, ?, ?, ?)",
            (at_ns, entry, limit_id, person, json.dumps(detail)),
        )
