"""Detection pipeline: trigger banks, associators and threshold detectors; one live, one late."""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from plumbline.collector.events.model import Event
from plumbline.collector.journal.entry import Entry
from plumbline.collector.stages.detection.associator import Associator
from plumbline.collector.stages.detection.frames import TriggerFrame
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.collector.stages.detection.stream_sequence import StreamSequence
from plumbline.collector.stages.detection.threshold import ThresholdDetector
from plumbline.collector.stages.detection.trigger_banks import BankPiece, Banks
from plumbline.wire.block import Block
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

RATE_AGREES = 1e-3
"""A block whose rate is further from the inventory's is another instrument's. [1]"""


class DetectionPipeline:
    """Everything that detects, over blocks in one order of time.

    Parameters
    ----------
    places
        Acceleration streams by key.
    late
        Whether its blocks came after their time.
    """

    def __init__(
        self, places: Mapping[str, Place], settings: DetectionSettings, *, late: bool = False
    ) -> None:
        self._places = places
        self._settings = settings
        self.banks = Banks(places, settings.shaking())
        by_structure: dict[str, list[Place]] = {}
        for place in places.values():
            by_structure.setdefault(place.structure.code, []).append(place)
        self.associators = {
            code: Associator(code, own, settings, late=late) for code, own in by_structure.items()
        }
        self.thresholds = [
            ThresholdDetector(rule, settings, late=late)
            for rule in settings.threshold
            if rule.structure in by_structure
        ]
        self._evidence = {"bands": self.banks.band_report()}

    def piece(self, number: int, block: Block) -> BankPiece | None:
        """Return a block as the next piece of its stream, or None if it came late."""
        return self.banks.piece(number, block)

    def update(self, key: str, frames: Sequence[TriggerFrame]) -> list[Event]:
        """Take the trigger frames of a stream and return the events they changed."""
        place = self._places[key]
        associator = self.associators[place.structure.code]
        changed = associator.update(place.node.code, frames)
        events = [associator.event(episode, self._evidence) for episode in changed]
        for threshold in self.thresholds:
            if threshold.rule.structure == associator.code:
                event = threshold.update(place.node.code, frames)
                events += [event] if event is not None else []
        return events

    def late_sway(self) -> list[Event]:
        """Return the sway that is found only when all late data are there."""
        return [
            associator.event(episode, self._evidence)
            for associator in self.associators.values()
            for episode in associator.late_sway()
        ]

    def close_stale(self, ended: str, *, before_ns: int) -> list[Event]:
        """Close open events of which no sample came since a time."""
        events = [
            associator.event(episode, self._evidence)
            for associator in self.associators.values()
            for episode in associator.close_stale(ended, before_ns=before_ns)
        ]
        closed = [threshold.close_stale(before_ns) for threshold in self.thresholds]
        return events + [event for event in closed if event is not None]

    def open_ids(self) -> list[str]:
        """Return the events that go on."""
        return [
            associator.event(episode, self._evidence).id
            for associator in self.associators.values()
            for episode in associator.episodes
            if episode.closed_ns is None
        ] + [id_ for threshold in self.thresholds if (id_ := threshold.open_id()) is not None]

    def snapshot(self) -> bytes:
        """Return everything as bytes."""
        packed = {
            (code, name): node.buffer.packed()
            for code, associator in self.associators.items()
            for name, node in associator.nodes.items()
        }
        meta = {
            "history_bytes": [[*where, len(buffer)] for where, buffer in packed.items()],
            "layout": self.banks.layout(),
            "lanes": {key: sequence.state() for key, sequence in self.banks.sequences.items()},
            "structures": {
                code: associator.state() for code, associator in self.associators.items()
            },
            "thresholds": [threshold.state() for threshold in self.thresholds],
            "threshold_rules": [threshold.rule.id for threshold in self.thresholds],
        }
        arrays = self.banks.snapshot()
        arrays["histories"] = np.frombuffer(b"".join(packed.values()), dtype=np.uint8)
        arrays["meta"] = np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8)
        out = io.BytesIO()
        np.savez(out, **arrays)  # type: ignore[arg-type]
        return out.getvalue()

    def restore(self, body: bytes) -> frozenset[str]:
        """Take back a snapshot; return the structures that are in it as they are installed now.

        Those whose streams or threshold rules changed begin anew, without touching the others.
        """
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            meta: dict[str, Any] = json.loads(arrays["meta"].tobytes())
            thresholds = self._saved_thresholds(meta)
            fitting = self._fitting(meta, thresholds)
            keys = [key for key, place in self._places.items() if place.structure.code in fitting]
            self.banks.restore(arrays, meta["layout"], keys)
            packed = arrays["histories"].tobytes() if fitting else b""
        buffers: dict[str, dict[str, bytes]] = {}
        at = 0
        for code, name, n_bytes in meta.get("history_bytes", ()):
            buffers.setdefault(code, {})[name] = packed[at : at + n_bytes]
            at += n_bytes
        for code in fitting:
            self.associators[code].restore(meta["structures"][code], buffers[code])
        for key in keys:
            self.banks.sequences[key] = StreamSequence.from_state(meta["lanes"][key])
        for threshold in self.thresholds:
            if threshold.rule.structure in fitting:
                threshold.restore(thresholds[threshold.rule.id])
        return fitting

    def _fitting(self, meta: Mapping[str, Any], thresholds: Mapping[str, Any]) -> frozenset[str]:
        """Return the structures whose streams and threshold rules are in a snapshot as now."""
        if "history_bytes" not in meta:
            return frozenset()
        then, now = streams_by_structure(meta["layout"]), streams_by_structure(self.banks.layout())
        ruled = [each.rule for each in self.thresholds]
        return frozenset(
            code
            for code, streams in now.items()
            if then.get(code) == streams
            and all(rule.id in thresholds for rule in ruled if rule.structure == code)
        )

    def _saved_thresholds(self, meta: Mapping[str, Any]) -> dict[str, Any]:
        """Return the states of thresholds in a snapshot by the rule they are of."""
        names = meta.get("threshold_rules")
        if names is None:  # 0.2.0 saved them in the order of the configuration only
            then = streams_by_structure(meta["layout"])
            names = [rule.id for rule in self._settings.threshold if rule.structure in then]
        states = meta["thresholds"]
        return dict(zip(names, states, strict=True)) if len(names) == len(states) else {}


def streams_by_structure(layout: Iterable[Sequence[Any]]) -> dict[str, set[tuple[Any, ...]]]:
    """Return the streams of a layout, each with axes and rate, by structure."""
    found: dict[str, set[tuple[Any, ...]]] = {}
    for row in layout:
        found.setdefault(row[0].split(".")[1], set()).add(tuple(row))
    return found


def acceleration_places(places: Mapping[str, Place]) -> dict[str, Place]:
    """Return the acceleration streams among the streams of an inventory."""
    return {k: p for k, p in places.items() if p.instrument.unit is Unit.ACCELERATION}


def accepts(places: Mapping[str, Place], entry: Entry) -> bool:
    """Return whether an entry is of one of the streams, and at its rate."""
    block = entry.block()
    place = places.get(block.stream.key)
    return place is not None and abs(block.rate_hz / place.instrument.rate_hz - 1) < RATE_AGREES
