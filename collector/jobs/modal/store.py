"""History of modes: SQLite, one row a window, with baselines and the state of the alarm.

A window, the baseline it may have completed, what it made of the state and the alarm that came of
it are one transaction: after a kill a window is either whole or done again, never twice.
"""

import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from plumbline.collector.storage.database import Schema, open_database, transaction

_TABLES = """
CREATE TABLE IF NOT EXISTS window (
    structure TEXT NOT NULL, end_ns INTEGER NOT NULL, stage TEXT NOT NULL, outcome TEXT NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (structure, end_ns)
) STRICT;
CREATE TABLE IF NOT EXISTS baseline (
    structure TEXT NOT NULL, stage TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (structure, stage)
) STRICT;
CREATE TABLE IF NOT EXISTS state (structure TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS again (
    structure TEXT NOT NULL, end_ns INTEGER NOT NULL, tries INTEGER NOT NULL,
    due_ns INTEGER NOT NULL, PRIMARY KEY (structure, end_ns)
) STRICT;
CREATE TABLE IF NOT EXISTS known_stage (structure TEXT PRIMARY KEY, stage TEXT NOT NULL) STRICT;
"""
SCHEMA = Schema(content="modes hour by hour, and their baselines", steps=(_TABLES,))


class ModalWindow(NamedTuple):
    """One stretch of time of one structure: its end, its stage, and what was found."""

    structure: str
    end_ns: int
    stage: str
    outcome: str
    body: dict[str, Any]


class Retry(NamedTuple):
    """A window that had too little data, and when it is identified again."""

    structure: str
    end_ns: int
    tries: int
    due_ns: int


class ModalStore:
    """History, baselines and state; any thread may read while one writes."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._db = open_database(path, SCHEMA)

    def known_stage(self, structure: str) -> str | None:
        """Return the construction stage last seen, None where the structure is new."""
        with self._lock:
            row = self._db.execute(
                "SELECT stage FROM known_stage WHERE structure = ?", (structure,)
            ).fetchone()
        return None if row is None else str(row[0])

    def save_stage(self, structure: str, stage: str) -> None:
        """Save the construction stage a structure is in."""
        with self._lock, transaction(self._db):
            self._db.execute("INSERT OR REPLACE INTO known_stage VALUES (?, ?)", (structure, stage))

    def save(
        self,
        window: ModalWindow | None,
        state: dict[str, Any],
        *,
        structure: str,
        baseline: tuple[str, Any] | None = None,
        retry: Retry | None = None,
        settled: int | None = None,
    ) -> None:
        """Save a window with all that came of it: all or nothing, durable.

        Parameters
        ----------
        baseline
            Stage and baseline, if the window completed one.
        retry
            When the window is identified again; ``settled`` is the end of one that no longer is.
        """
        with self._lock, transaction(self._db):
            if window is not None:
                self._db.execute(
                    "INSERT OR REPLACE INTO window VALUES (?, ?, ?, ?, ?)",
                    (*window[:4], json.dumps(window.body)),
                )
            if baseline is not None:
                self._db.execute(
                    "INSERT OR REPLACE INTO baseline VALUES (?, ?, ?)",
                    (structure, baseline[0], json.dumps(baseline[1])),
                )
            if settled is not None:
                self._db.execute(
                    "DELETE FROM again WHERE structure = ? AND end_ns = ?", (structure, settled)
                )
            if retry is not None:
                self._db.execute("INSERT OR REPLACE INTO again VALUES (?, ?, ?, ?)", retry)
            self._db.execute(
                "INSERT OR REPLACE INTO state VALUES (?, ?)", (structure, json.dumps(state))
            )

    def state(self, structure: str) -> dict[str, Any] | None:
        """Return the state of a structure; None before its first window."""
        rows = self._all("SELECT body FROM state WHERE structure = ?", (structure,))
        return json.loads(rows[0][0]) if rows else None

    def baseline(self, structure: str, stage: str) -> Any:
        """Return the baseline of a construction stage; None while it is not learned."""
        rows = self._all(
            "SELECT body FROM baseline WHERE structure = ? AND stage = ?", (structure, stage)
        )
        return json.loads(rows[0][0]) if rows else None

    def baselines(self, structure: str) -> dict[str, Any]:
        """Return every baseline of a structure by its stage."""
        rows = self._all("SELECT stage, body FROM baseline WHERE structure = ?", (structure,))
        return {str(stage): json.loads(body) for stage, body in rows}

    def windows(
        self, structure: str, *, stage: str | None = None, outcome: str | None = None
    ) -> list[ModalWindow]:
        """Return the history of a structure, the oldest first."""
        rows = self._all(
            "SELECT structure, end_ns, stage, outcome, body FROM window WHERE structure = ? "
            "AND (? IS NULL OR stage = ?) AND (? IS NULL OR outcome = ?) ORDER BY end_ns",
            (structure, stage, stage, outcome, outcome),
        )
        return [
            ModalWindow(s, int(end), at, how, json.loads(body)) for s, end, at, how, body in rows
        ]

    def structures(self) -> list[str]:
        """Return the structures there is a history of."""
        rows = self._all("SELECT DISTINCT structure FROM window ORDER BY structure", ())
        return [str(structure) for (structure,) in rows]

    def due_retry(self, now_ns: int) -> Retry | None:
        """Return the window that is to be identified again, the one due the longest."""
        rows = self._all(
            "SELECT structure, end_ns, tries, due_ns FROM again WHERE due_ns <= ? "
            "ORDER BY due_ns LIMIT 1",
            (now_ns,),
        )
        return Retry(*rows[0]) if rows else None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _all(self, query: str, values: Iterable[object]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(query, tuple(values)).fetchall()
