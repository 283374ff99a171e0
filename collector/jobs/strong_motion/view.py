"""Episodes as the page shows them: the figures of the latest, all of one, the regional events."""

from collections.abc import Mapping
from typing import Any

from plumbline.collector.events.model import MOTION_KINDS, Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.jobs.strong_motion.store import STRUCTURE, EpisodeStore, MeasuredEpisode
from plumbline.wire.block import NS

REACH_NS = 24 * 3600 * NS
"""Episodes and regional events older than this are not shown on the page. [ns]"""


class EpisodeView:
    """Measured episodes, ready for JSON."""

    def __init__(self, events: EventStore, store: EpisodeStore) -> None:
        self._events = events
        self._store = store

    def latest(self, now_ns: int) -> dict[str, Any] | None:
        """Return the latest episode that is measured, a line a node; None without one."""
        recent = self._events.between(now_ns - REACH_NS, now_ns)
        for event in reversed([event for event in recent if event.kind in MOTION_KINDS]):
            if rows := self._store.measures(event.id):
                return _who(event) | {
                    "final": STRUCTURE in rows and rows[STRUCTURE].final,
                    "roof_to_base": _ratio(rows),
                    "inspection": _inspection(rows),
                    "nodes": [_line(row) for code, row in sorted(rows.items()) if code],
                }
        return None

    def whole(self, event_id: str) -> dict[str, Any] | None:
        """Return all measures of an episode; None if it is not known."""
        event = self._events.get(event_id)
        if event is None or event.kind not in MOTION_KINDS:
            return None
        rows = self._store.measures(event_id)
        nodes = {
            code: {"revision": row.revision, "final": row.final, **_as_text(row.body)}
            for code, row in rows.items()
        }
        whole = nodes.pop(STRUCTURE, None)
        region = self._store.region_of(event_id)
        return _who(event) | {"regional_event": region, "structure_measures": whole, "nodes": nodes}

    def regions(self, now_ns: int) -> list[dict[str, Any]]:
        """Return the regional events of the last day, the newest first."""
        return [_as_text(one) for one in self._store.regions(now_ns - REACH_NS, now_ns)]


def _who(event: Event) -> dict[str, Any]:
    return {
        "event": event.id,
        "kind": str(event.kind),
        "structure": event.structure,
        "onset_ns": str(event.onset_ns),
        "closed_ns": None if event.closed_ns is None else str(event.closed_ns),
        "late": event.late,
    }


def _line(row: MeasuredEpisode) -> dict[str, Any]:
    body = row.body
    jma, long_period = body["jma"], body["long_period"]
    return {
        "node": body["node"],
        "name": body["name"],
        "final": row.final,
        "pga_gal": 100 * body["peaks"]["pga_vector_ms2"],
        "pgv_cms": 100 * body["peaks"]["pgv_vector_ms"],
        "pgd_cm": 100 * body["peaks"]["pgd_vector_m"],
        "jma": None if jma is None else jma["scale"],
        "jma_value": None if jma is None else jma["reported"],
        "long_period_class": None if long_period is None else long_period["class"],
        "completeness": body["window"]["completeness"],
        "arrival": _arrival(body.get("arrival")),
    }


def _arrival(found: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a node's onset and the first seconds of P; measured before 0.3.0 there is none."""
    if found is None:
        return None
    early = found["early"] or {}
    figures = early if early.get("above_noise") else {}
    return {
        "onset_ns": str(found["onset_ns"]),
        "sigma_s": found["sigma_s"],
        "pd_cm": 100 * figures["pd_m"] if figures else None,
        "tau_c_s": figures.get("tau_c_s"),
    }


def _ratio(rows: Mapping[str, MeasuredEpisode]) -> float | None:
    whole = rows.get(STRUCTURE)
    ratio = None if whole is None else whole.body["roof_to_base"]
    return None if ratio is None else ratio["pga_vector"]


def _inspection(rows: Mapping[str, MeasuredEpisode]) -> dict[str, Any] | None:
    """Return where to inspect first, its reason, and the pair of levels with the largest drift."""
    whole = rows.get(STRUCTURE)
    found = None if whole is None else whole.body.get("inspection")
    if found is None:
        return None
    first = next(iter(found["look_first"]), None)
    return {
        "priority": found["priority"],
        "reason": found["reason"],
        "first": None if first is None else first["levels"],
        "meaning": found["meaning"],
    }


def _as_text(found: Any) -> Any:
    """Return a record with its nanoseconds as text: a browser's numbers are too short."""
    if isinstance(found, list):
        return [_as_text(one) for one in found]
    if isinstance(found, dict):
        return {
            key: str(value) if key.endswith("_ns") and value is not None else _as_text(value)
            for key, value in found.items()
        }
    return found
