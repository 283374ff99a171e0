"""The label store: SQLite, nothing overwritten, the newest label of an event counts."""

from dataclasses import dataclass
from pathlib import Path

from plumbline.analysis.classify import Cause
from plumbline.collector.storage.database import Schema, open_database

_TABLES = """
CREATE TABLE IF NOT EXISTS label (
    number INTEGER PRIMARY KEY, event TEXT NOT NULL, cause TEXT NOT NULL, who TEXT NOT NULL,
    when_ns INTEGER NOT NULL, note TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS label_by_event ON label (event);
"""
SCHEMA = Schema(content="what engineers said events really were", steps=(_TABLES,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What one engineer knows of the cause of one event.

    Attributes
    ----------
    event
        Id of the event.
    cause
        What it really was.
    who
        Who gives the label.
    when_ns
        When it was given. [ns since 1970]
    note
        In the engineer's words.

    Raises
    ------
    ValueError
        If nobody gives it.
    """

    event: str
    cause: Cause
    who: str
    when_ns: int
    note: str = ""

    def __post_init__(self) -> None:
        if not self.who.strip():
            raise ValueError("a label needs the name of who gives it")


class LabelStore:
    """Labels of one collector.

    Parameters
    ----------
    path
        The database file, ``state/labels.db`` of a data folder; made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._db = open_database(path, SCHEMA)

    def add(self, label: Label) -> None:
        """Add a label."""
        self._db.execute(
            "INSERT INTO label (event, cause, who, when_ns, note) VALUES (?, ?, ?, ?, ?)",
            (label.event, str(label.cause), label.who, label.when_ns, label.note),
        )

    def of(self, event: str) -> list[Label]:
        """Return every label of an event, the oldest first."""
        return self._read("WHERE event = ? ORDER BY number", (event,))

    def newest(self) -> list[Label]:
        """Return the label that counts of every event, in the order they were given."""
        newest = "WHERE number IN (SELECT max(number) FROM label GROUP BY event) ORDER BY number"
        return self._read(newest, ())

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _read(self, where: str, values: tuple[str, ...]) -> list[Label]:
        query = f"SELECT event, cause, who, when_ns, note FROM label {where}"  # noqa: S608
        return [
            Label(event=event, cause=Cause(cause), who=who, when_ns=when_ns, note=note)
            for event, cause, who, when_ns, note in self._db.execute(query, values)
        ]
