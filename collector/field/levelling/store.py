"""Levelling runs and levels: a small SQLite file, written a run at a time or not at all."""

from contextlib import closing
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from plumbline.collector.field.levelling.model import LevellingRun, LevelReading
from plumbline.collector.storage.database import Schema, open_database, transaction

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS run (
    id INTEGER PRIMARY KEY,
    date_ns INTEGER NOT NULL,
    benchmark TEXT NOT NULL,
    surveyor TEXT NOT NULL,
    length_km REAL,
    setups INTEGER,
    closure_mm REAL,
    allowed_mm REAL,
    imported_ns INTEGER NOT NULL,
    UNIQUE (date_ns, benchmark, surveyor)
) STRICT;
CREATE TABLE IF NOT EXISTS level (
    run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    point TEXT NOT NULL,
    level_mm REAL NOT NULL,
    PRIMARY KEY (run, position)
) STRICT;
CREATE INDEX IF NOT EXISTS level_by_point ON level (point);
"""
SCHEMA = Schema(content="levelling runs of a structure", steps=(_TABLES,))


def survey_path(surveys: Path, structure: str) -> Path:
    """Return where the runs of a structure are stored: a file of its own in a collector's data."""
    return surveys / f"{structure}.db"


class SurveyOutcome(StrEnum):
    """What became of a run."""

    TAKEN = "taken"
    TAKEN_OPEN = "taken, closure not checked"
    KNOWN = "already here"
    NOT_CLOSED = "refused: does not close"
    DISAGREES = "refused: a point read twice does not agree with itself"
    CONFLICT = "refused: other levels of this run are already here"


class PointLevel(NamedTuple):
    """One level of a point's irregular channel.

    Attributes
    ----------
    date_ns
        When. [ns since 1970, UTC]
    level_mm
        Height, positive up. [mm]
    benchmark, surveyor
        From where, by whom.
    """

    date_ns: int
    level_mm: float
    benchmark: str
    surveyor: str


class SurveyStore:
    """Levelling runs in one SQLite file.

    Parameters
    ----------
    path
        The file; made if it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._db = open_database(path, SCHEMA)

    def add(
        self, run: LevellingRun, *, imported_ns: int, allowed_mm: float | None = None
    ) -> SurveyOutcome:
        """Take a run whole or refuse it whole.

        Parameters
        ----------
        run
            The run. The same run again changes nothing; another reading of the same date,
            benchmark and surveyor is refused: two truths about one day are for people.
        imported_ns
            Now. [ns since 1970, UTC]
        allowed_mm
            The project's closure limit; see `LevellingRun.closure`. [mm]
        """
        closed = run.closure(allowed_mm)
        if closed is not None and not closed.closes:
            return SurveyOutcome.NOT_CLOSED
        if run.disagreement(allowed_mm) is not None:
            return SurveyOutcome.DISAGREES
        with transaction(self._db):
            outcome = self._known(run)
            if outcome is None:
                cursor = self._db.execute(
                    "INSERT INTO run (date_ns, benchmark, surveyor, length_km, setups, "
                    "closure_mm, allowed_mm, imported_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        run.date_ns,
                        run.benchmark,
                        run.surveyor,
                        run.length_km,
                        run.setups,
                        None if closed is None else closed.error_mm,
                        None if closed is None else closed.allowed_mm,
                        imported_ns,
                    ),
                )
                self._db.executemany(
                    "INSERT INTO level (run, position, point, level_mm) VALUES (?, ?, ?, ?)",
                    [
                        (cursor.lastrowid, position, level.point, level.level_mm)
                        for position, level in enumerate(run.levels)
                    ],
                )
                outcome = SurveyOutcome.TAKEN_OPEN if closed is None else SurveyOutcome.TAKEN
        return outcome

    def _known(self, run: LevellingRun) -> SurveyOutcome | None:
        row = self._db.execute(
            "SELECT id FROM run WHERE date_ns = ? AND benchmark = ? AND surveyor = ?",
            (run.date_ns, run.benchmark, run.surveyor),
        ).fetchone()
        if row is None:
            return None
        levels = self._db.execute(
            "SELECT point, level_mm FROM level WHERE run = ? ORDER BY position", row
        ).fetchall()
        same = tuple(LevelReading(point=p, level_mm=mm) for p, mm in levels) == run.levels
        return SurveyOutcome.KNOWN if same else SurveyOutcome.CONFLICT

    def points(self) -> list[str]:
        """Return the names of all points, benchmarks among them where they were levelled."""
        rows = self._db.execute("SELECT DISTINCT point FROM level ORDER BY point")
        return [name for (name,) in rows]

    def benchmarks(self) -> list[str]:
        """Return the benchmarks runs started from."""
        rows = self._db.execute("SELECT DISTINCT benchmark FROM run ORDER BY benchmark")
        return [name for (name,) in rows]

    def levels(self, point: str) -> list[PointLevel]:
        """Return a point's irregular channel, in order of time.

        Levels of a benchmark in its own runs are left out: they are of a run's closure.
        """
        with closing(
            self._db.execute(
                "SELECT run.date_ns, avg(level.level_mm), run.benchmark, run.surveyor "
                "FROM level JOIN run ON run.id = level.run "
                "WHERE level.point = ? AND run.benchmark <> level.point "
                "GROUP BY run.id ORDER BY run.date_ns, run.id",
                (point,),
            )
        ) as rows:
            return [PointLevel(*row) for row in rows]

    def runs(self, begin_ns: int, end_ns: int) -> list[dict[str, Any]]:
        """Return the runs dated in a span, or imported in it, in order of time."""
        with closing(
            self._db.execute(
                "SELECT date_ns, benchmark, surveyor, closure_mm, allowed_mm, imported_ns, "
                "(SELECT count(DISTINCT point) FROM level WHERE level.run = run.id "
                " AND point <> benchmark) FROM run "
                "WHERE date_ns >= ?1 AND date_ns < ?2 OR imported_ns >= ?1 AND imported_ns < ?2 "
                "ORDER BY date_ns, id",
                (begin_ns, end_ns),
            )
        ) as rows:
            names = ("date_ns", "benchmark", "surveyor", "closure_mm", "allowed_mm",
                     "imported_ns", "points")  # fmt: skip
            return [dict(zip(names, row, strict=True)) for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()
