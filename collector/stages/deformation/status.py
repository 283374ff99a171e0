"""Alarm levels and virtual channels as they are now, read from the deformation stage's state.

Any process may read them, beside a running collector. A level that changed is there at once;
a value is as old as `keep_s` of the ``[deformation]`` section at most.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plumbline.collector.events.model import AlarmLevel, Standing
from plumbline.collector.events.store import SCHEMA
from plumbline.collector.stages.deformation.state_keys import CHANNEL, LIMIT
from plumbline.collector.storage.database import open_to_read


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentLevel:
    """One limit as it is now.

    Attributes
    ----------
    limit_id
        Name of the limit in ``plumbline limits``.
    channels
        Addresses of its channels.
    since_ns
        Begin of the crossing that led to the level; None while it is green. [ns since 1970]
    at_ns
        End of the latest window evaluated; None before the first. [ns since 1970]
    value
        Value then, in ``unit``; None where there was none.
    quality
        Texts of what that value lacked; none: it was whole.
    standing
        Whose word the limit is now.
    """

    limit_id: str
    structure: str
    channels: tuple[str, ...]
    nodes: tuple[str, ...]
    level: AlarmLevel
    since_ns: int | None
    at_ns: int | None
    value: float | None
    unit: str
    quality: tuple[str, ...]
    standing: Standing
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentChannel:
    """One virtual channel as it is now.

    Attributes
    ----------
    values
        Value by part, None where nothing is known of it; the one part of most has an empty name.
    quality
        Texts of what the values lack; none: they are whole.
    raw
        Values that a compensated channel was made from, else None.
    version
        The model that compensated it, else None.
    """

    structure: str
    name: str
    unit: str
    at_ns: int | None
    values: dict[str, float | None] | None
    quality: tuple[str, ...]
    raw: dict[str, float | None] | None
    version: str | None


def levels(db_path: Path) -> list[CurrentLevel]:
    """Return every limit the deformation stage evaluates, by name; none where it never ran.

    Parameters
    ----------
    db_path
        The collector's ``state/events.db``.
    """
    limits = []
    for name, state in _rows(db_path, LIMIT):
        alarm, latest = state["watch"], state["now"] or {}
        level = AlarmLevel(alarm["level"])
        limits.append(
            CurrentLevel(
                limit_id=name,
                structure=state["structure"],
                channels=tuple(state["channels"]),
                nodes=tuple(state["nodes"]),
                level=level,
                since_ns=None if level is AlarmLevel.GREEN else alarm["since_ns"],
                at_ns=latest.get("at_ns"),
                value=latest.get("value"),
                unit=state["unit"],
                quality=tuple(latest.get("quality", ())),
                standing=Standing(state["standing"]),
                evidence=latest.get("evidence", {}),
            )
        )
    return limits


def channels(db_path: Path) -> list[CurrentChannel]:
    """Return every virtual channel, by structure and name."""
    return [
        CurrentChannel(
            structure=name.partition("/")[0],
            name=name.partition("/")[2],
            unit=state["unit"],
            at_ns=state["at_ns"],
            values=state["values"],
            quality=tuple(state["quality"]),
            raw=state.get("raw"),
            version=state.get("version"),
        )
        for name, state in _rows(db_path, CHANNEL)
    ]


def _rows(db_path: Path, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    db = open_to_read(db_path, SCHEMA)
    if db is None:
        return
    try:
        rows = db.execute(
            "SELECT name, body FROM snapshot WHERE substr(name, 1, ?) = ? ORDER BY name",
            (len(prefix), prefix),
        ).fetchall()
    finally:
        db.close()
    for name, body in rows:
        yield name.removeprefix(prefix), json.loads(body)
