"""Content of one summary, as JSON: what happened, what is held, and what is not known."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plumbline.collector.events.model import MOTION_KINDS, Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.field.levelling.store import SurveyStore, survey_path
from plumbline.collector.jobs.reports.completeness import completeness
from plumbline.collector.jobs.reports.deformation import deformation_values
from plumbline.collector.jobs.reports.notification_log import notification_log
from plumbline.collector.jobs.reports.periods import Period
from plumbline.collector.jobs.residual.view import ResidualView
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Structure

LONGEST_NS = 90 * 86_400 * NS
"""Events that began so long before are read too: one may still go on. [ns]"""

LEVELS = (EventKind.THRESHOLD, EventKind.TILT, EventKind.DIFFERENTIAL_SETTLEMENT)
WHOLE = 0.999
"""A stream of which this share is held counts as whole: a second of a day is at its edges. [1]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSources:
    """Stores and folders a summary is made from."""

    data: Path
    events: EventStore
    movements: ResidualView
    alerting: Path


def report_content(
    sources: ReportSources,
    structure: Structure,
    places: Sequence[Place],
    period: Period,
    now_ns: int,
) -> dict[str, Any]:
    """Return one summary; times in nanoseconds since 1970, units in the keys.

    Parameters
    ----------
    places
        Streams of the structure.
    now_ns
        When it is written: what comes later is not in it. [ns since 1970]
    """
    begin_ns, end_ns = period.begin_ns, min(period.end_ns, now_ns)
    events = _in(sources.events, structure.code, begin_ns, end_ns)
    streams = completeness(sources.data, places, begin_ns, end_ns)
    episodes = [
        _event(event) | {"moved": _moved(sources.movements, event)}
        for event in events
        if event.kind in MOTION_KINDS
    ]
    messages = notification_log(sources.alerting, structure.code, begin_ns, end_ns)
    found: dict[str, Any] = {
        "structure": structure.code,
        "name": structure.name,
        "timezone": structure.timezone,
        "period": period.name,
        "length": str(period.length),
        "begin_ns": begin_ns,
        "end_ns": period.end_ns,
        "written_ns": now_ns,
        "episodes": episodes,
        "levels": [_event(event) for event in events if event.kind in LEVELS],
        "other": [
            _event(event)
            for event in events
            if event.kind not in (*MOTION_KINDS, *LEVELS, EventKind.SILENCE)
        ],
        "largest": _largest(events),
        "slow": deformation_values(sources.data, places, begin_ns, end_ns),
        "silence": [
            _event(event) | {"inside_s": _inside_s(event, begin_ns, end_ns)}
            for event in events
            if event.kind is EventKind.SILENCE
        ],
        "streams": streams,
        "notifications": messages,
        "surveys": _surveys(sources.data, structure.code, begin_ns, end_ns),
        "disk": _disk(sources.data),
    }
    return found | {"unknown": list(_unknown(found, period, now_ns))}


def _in(events: EventStore, structure: str, begin_ns: int, end_ns: int) -> list[Event]:
    """Return the events that touch a span, by onset."""
    found = events.between(begin_ns - LONGEST_NS, end_ns - 1, structure)
    return [event for event in found if event.closed_ns is None or event.closed_ns >= begin_ns]


def _event(event: Event) -> dict[str, Any]:
    limit = event.limit
    return {
        "event": event.id,
        "kind": str(event.kind),
        "onset_ns": event.onset_ns,
        "closed_ns": event.closed_ns,
        "detector": event.detector,
        "level": str(event.level),
        "value": event.value,
        "unit": event.unit,
        "late": event.late,
        "nodes": sorted(event.nodes),
        "limit": None
        if limit is None
        else {
            "value": limit.value,
            "unit": limit.unit,
            "source": limit.source,
            "standing": str(limit.standing),
        },
    }


def _moved(movements: ResidualView, event: Event) -> dict[str, Any] | None:
    if event.kind is not EventKind.SHAKING or event.closed_ns is None:
        return None
    found = movements.of(event)
    waiting = sum(
        answer["verdict"] is None for point in found["points"] for answer in point["answers"]
    )
    return {"verdict": found["verdict"], "points": len(found["points"]), "not_due_yet": waiting}


def _largest(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Return the event of each kind and unit whose value is the largest."""
    best: dict[tuple[str, str], Event] = {}
    for event in events:
        key = str(event.kind), event.unit
        is_larger = key not in best or event.value > best[key].value
        if event.kind in (*MOTION_KINDS, *LEVELS) and is_larger:
            best[key] = event
    return [_event(event) for _, event in sorted(best.items())]


def _inside_s(event: Event, begin_ns: int, end_ns: int) -> float:
    closed_ns = end_ns if event.closed_ns is None else event.closed_ns
    return max(min(closed_ns, end_ns) - max(event.onset_ns, begin_ns), 0) / NS


def _surveys(data: Path, structure: str, begin_ns: int, end_ns: int) -> list[dict[str, Any]]:
    path = survey_path(data / "surveys", structure)
    if not path.is_file():
        return []
    with SurveyStore(path) as store:
        return store.runs(begin_ns, end_ns)


def _disk(data: Path) -> dict[str, int]:
    usage = shutil.disk_usage(data)
    return {"free_bytes": usage.free, "total_bytes": usage.total}


def _unknown(found: dict[str, Any], period: Period, now_ns: int) -> list[str]:
    """Return what this summary cannot know, each in one sentence."""
    unknown = []
    if now_ns < period.end_ns:
        unknown.append(f"the {period.length} is not over: what follows is of its part so far")
    silent = [one["stream"] for one in found["streams"] if one["held"] == 0]
    partial = [one["stream"] for one in found["streams"] if 0 < one["held"] < WHOLE]
    if silent:
        unknown.append(f"nothing is held of {', '.join(silent)}: what they felt is not known")
    if partial:
        unknown.append(
            f"not whole: {', '.join(partial)}; what happened in the gaps is not known, and data "
            "that come later are archived and not in this summary"
        )
    if not found["streams"]:
        unknown.append("the inventory has no stream of this structure")
    waiting = [one for one in found["episodes"] if one["moved"] and one["moved"]["not_due_yet"]]
    if waiting:
        unknown.append(
            f"{len(waiting)} shaking still wait for an answer whether they moved anything"
        )
    going_on = [
        one for kind in ("episodes", "levels", "silence") for one in found[kind]
        if one["closed_ns"] is None
    ]  # fmt: skip
    if going_on:
        unknown.append(f"{len(going_on)} events still went on when this was written")
    unknown.append("accelerations outside of episodes are recorded and not measured here")
    return unknown
