"""Summary of a demonstration: samples counted, events, notifications, as one JSON object."""

import datetime as dt
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from plumbline.collector.alerting.views import queries
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.events.model import Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.serving.export.bundle import NothingToExport, write_bundle
from plumbline.collector.serving.export.request import ExportRequest
from plumbline.demo.count import counted
from plumbline.wire.block import FOREVER_NS, NS
from plumbline.wire.inventory import read_inventory
from plumbline.wire.timestamps import iso_milliseconds

AROUND_NS = 5 * NS
EXPORTED_NS = 120 * NS


def summary(folder: Path) -> dict[str, Any]:
    """Count, export a window and list what happened; everything has stopped by now."""
    data = folder / "data"
    store = EventStore(data / "state" / "events.db")
    events = store.between(0, FOREVER_NS)
    store.close()
    count = counted(folder / "truth", data / "archive")
    notifications = queries.notifications(data / "state" / "alerting.db")
    export = _exported(folder, events)
    return {
        "samples_generated": count.generated,
        "samples_archived": count.archived,
        "samples_lost": count.lost,
        "duplicates": count.duplicates,
        "samples_altered": count.altered,
        "events": [_event(event) for event in events],
        "notifications": [
            {
                "person": one.person,
                "text": one.text,
                "segments": one.segments,
                "purpose": str(one.purpose),
                "state": str(one.state),
            }
            for one in reversed(notifications)
        ],
        "archive": str(data / "archive"),
        "events_db": str(data / "state" / "events.db"),
        "truth": str(folder / "truth"),
        "export": str(export) if export else None,
    }


def _event(event: Event) -> dict[str, Any]:
    size = "peak_gal" if event.unit == "gal" else "value"
    summary: dict[str, Any] = {
        "kind": str(event.kind),
        "structure": event.structure,
        "onset": iso_milliseconds(event.onset_ns),
        "closed": iso_milliseconds(event.closed_ns) if event.closed_ns else None,
        size: round(event.value, 3),
        "unit": event.unit,
        "level": str(event.level),
        "detector": event.detector,
        "late": event.late,
        "nodes": event.nodes,
        "evidence": event.evidence,
    }
    if event.limit is not None:
        summary["limit"] = asdict(event.limit)
    return summary


def _exported(folder: Path, events: list[Event]) -> Path | None:
    """Export two minutes of the last shaking, else the last two minutes, as a researcher would."""
    start_ns, end_ns = _window(events)
    reader = ArchiveReader(folder / "data")
    try:
        bundle = write_bundle(
            reader,
            read_inventory(folder / "inventory.toml"),
            ExportRequest(channels=("*.HN",), start_ns=start_ns, end_ns=end_ns),
            folder / "export",
            dt.datetime.now(tz=dt.UTC),
        )
    except NothingToExport:
        return None  # stopped before the instruments began
    finally:
        reader.close()
    return bundle.folder


def _window(events: list[Event]) -> tuple[int, int]:
    shaking = [event for event in events if event.kind is EventKind.SHAKING]
    if not shaking:
        now_ns = time.time_ns()
        return now_ns - EXPORTED_NS, now_ns
    onset_ns = shaking[-1].onset_ns
    end_ns = min(shaking[-1].closed_ns or FOREVER_NS, onset_ns + EXPORTED_NS)
    return onset_ns - AROUND_NS, end_ns + AROUND_NS
