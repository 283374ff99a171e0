"""Residual movement after a shaking, as the page, the command line and the summaries show it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from plumbline.collector.events.model import Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.field.levelling.store import survey_path
from plumbline.collector.jobs.residual.comparison import gravest
from plumbline.collector.jobs.residual.horizons import HORIZONS
from plumbline.collector.jobs.residual.levelled_points import levelled_points
from plumbline.collector.jobs.residual.store import Comparison, ResidualStore
from plumbline.wire.block import NS
from plumbline.wire.inventory.model import Structure

REACH_NS = 3 * 86_400 * NS
"""The page shows the latest shaking of these days: its last comparison comes after one. [ns]"""

NUMBERS = (
    *("size", "low", "high", "limit", "bound", "by_itself", "witnesses", "witnessed"),
    *("median_before", "median_after", "temp_change_c", "matched", "settlement_mm", "why"),
)


class ResidualView:
    """Comparisons of episodes, ready for JSON.

    Parameters
    ----------
    structures
        Structures of the inventory, by code.
    surveys
        Folder of the survey stores, one a structure: see `survey_path`.
    """

    def __init__(
        self,
        events: EventStore,
        store: ResidualStore,
        structures: Mapping[str, Structure],
        surveys: Path,
    ) -> None:
        self._events = events
        self._store = store
        self._structures = structures
        self._surveys = surveys

    def latest(self, now_ns: int) -> dict[str, Any] | None:
        """Return the comparisons of the latest closed shaking; None without one."""
        recent = self._events.between(now_ns - REACH_NS, now_ns)
        for event in reversed(recent):
            if event.kind is EventKind.SHAKING and event.closed_ns is not None:
                return self.of(event)
        return None

    def whole(self, event_id: str) -> dict[str, Any] | None:
        """Return all comparisons of an episode; None if it is no shaking that is over."""
        event = self._events.get(event_id)
        if event is None or event.kind is not EventKind.SHAKING or event.closed_ns is None:
            return None
        return self.of(event)

    def of(self, event: Event) -> dict[str, Any]:
        """Return the comparisons of an episode; nanoseconds as text for browsers."""
        rows = self._store.comparisons(event.id)
        streams = list(dict.fromkeys(row.stream for row in rows))
        points = [
            point
            for stream in streams
            for point in _points([row for row in rows if row.stream == stream])
        ]
        structure = self._structures.get(event.structure)
        levels = [] if structure is None else self._levelled(structure, event)
        verdicts = [each["verdict"] for point in points for each in point["answers"]]
        verdicts += [point["verdict"] for point in levels]
        known = [verdict for verdict in verdicts if verdict is not None]
        return {
            "event": event.id,
            "structure": event.structure,
            "onset_ns": str(event.onset_ns),
            "closed_ns": str(event.closed_ns),
            "late": event.late,
            "peak": f"{event.value:.3g} {event.unit}",
            "verdict": gravest(known) if known else None,
            "horizons": [horizon.name for horizon in HORIZONS],
            "points": points,
            "levelled": levels,
        }

    def _levelled(self, structure: Structure, event: Event) -> list[dict[str, Any]]:
        return levelled_points(survey_path(self._surveys, structure.code), structure, event)


def _points(rows: list[Comparison]) -> list[dict[str, Any]]:
    """Return one instrument's axes, each with its comparison at every horizon."""
    bodies = [row.body for row in rows if row.body is not None and row.body["axes"]]
    if not bodies:
        answers = [_comparison(row, None) for row in rows]
        return [{"point": rows[0].stream, "name": "", "unit": "", "answers": answers}]
    first = bodies[0]
    return [
        {
            "point": rows[0].stream + axis["channel"],
            "name": first["name"],
            "unit": "µrad" if first["unit"] == "urad" else first["unit"],
            "answers": [_comparison(row, number) for row in rows],
        }
        for number, axis in enumerate(first["axes"])
    ]


def _comparison(row: Comparison, number: int | None) -> dict[str, Any]:
    report: dict[str, Any] = {
        "horizon": row.horizon,
        "verdict": None,
        "due_ns": None if row.due_ns is None else str(row.due_ns),
        "final": row.due_ns is None,
        "revision": row.revision,
    }
    if row.body is None:
        return report
    axes = row.body["axes"]
    result = axes[number] if number is not None and number < len(axes) else row.body
    report |= {"verdict": result["verdict"]}
    report |= {name: result[name] for name in NUMBERS if name in result}
    if number is not None:
        report["later_episodes"] = len(row.body["later_episodes"])
        report["missing_s"] = row.body["before"]["missing_s"] + row.body["after"]["missing_s"]
    return report
