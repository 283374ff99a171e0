"""A pass over the data: banks, structures and thresholds together; one live, one late."""

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from plumbline.collector.events.model import Event
from plumbline.collector.stages.detection.associator import Associator
from plumbline.collector.stages.detection.frames import TriggerFrame
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.collector.stages.detection.stream_sequence import StreamSequence
from plumbline.collector.stages.detection.threshold import ThresholdDetector
from plumbline.collector.stages.detection.trigger_banks import BankPiece, Banks
from plumbline.wire.block import Block
from plumbline.wire.inventory.lookup import Place


class DetectionPipeline:
    """All that is heard in one order of time.

    Parameters
    ----------
    places
        Acceleration streams by key.
    late
        Whether it hears what came after its time.
    """

    def __init__(
        self, places: Mapping[str, Place], settings: DetectionSettings, *, late: bool = False
    ) -> None:
        self._places = places
        self.banks = Banks(places, settings.shaking())
        by_structure: dict[str, list[Place]] = {}
        for place in places.values():
            by_structure.setdefault(place.structure.code, []).append(place)
        self.structures = {
            code: Associator(code, own, settings, late=late) for code, own in by_structure.items()
        }
        self.thresholds = [
            ThresholdDetector(rule, settings, late=late)
            for rule in settings.threshold
            if rule.structure in by_structure
        ]
        self._said = {"bands": self.banks.stated()}

    def piece(self, number: int, block: Block) -> BankPiece | None:
        """Return a block as the next piece of its stream, or None if this pass is past it."""
        return self.banks.piece(number, block)

    def hear(self, key: str, ticks: Sequence[TriggerFrame]) -> list[Event]:
        """Take what a stream said and return the events it changed."""
        place = self._places[key]
        watch = self.structures[place.structure.code]
        changed = watch.hear(place.node.code, ticks)
        events = [watch.event(episode, self._said) for episode in changed]
        for threshold in self.thresholds:
            if threshold.rule.structure == watch.code:
                event = threshold.hear(place.node.code, ticks)
                events += [event] if event is not None else []
        return events

    def settled(self) -> list[Event]:
        """Return what can be said only when all late data are there."""
        return [
            watch.event(episode, self._said)
            for watch in self.structures.values()
            for episode in watch.settled()
        ]

    def end(self, ended: str, *, before_ns: int) -> list[Event]:
        """Close what goes on though nothing of it came since a time."""
        events = [
            watch.event(episode, self._said)
            for watch in self.structures.values()
            for episode in watch.end(ended, before_ns=before_ns)
        ]
        closed = [threshold.tick_past(before_ns) for threshold in self.thresholds]
        return events + [event for event in closed if event is not None]

    def snapshot(self) -> bytes:
        """Return everything as bytes."""
        packed = {
            (code, name): node.history.packed()
            for code, watch in self.structures.items()
            for name, node in watch.nodes.items()
        }
        meta = {
            "history_bytes": [[*where, len(history)] for where, history in packed.items()],
            "layout": self.banks.layout(),
            "lanes": {key: lane.state() for key, lane in self.banks.lanes.items()},
            "structures": {code: watch.state() for code, watch in self.structures.items()},
            "thresholds": [threshold.state() for threshold in self.thresholds],
        }
        arrays = self.banks.snapshot()
        arrays["histories"] = np.frombuffer(b"".join(packed.values()), dtype=np.uint8)
        arrays["meta"] = np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8)
        out = io.BytesIO()
        np.savez(out, **arrays)  # type: ignore[arg-type]
        return out.getvalue()

    def restore(self, body: bytes) -> bool:
        """Take back a snapshot; tell whether it fits what is installed now."""
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            meta: dict[str, Any] = json.loads(arrays["meta"].tobytes())
            fits = meta["layout"] == self.banks.layout() and "history_bytes" in meta
            if not fits or len(meta["thresholds"]) != len(self.thresholds):
                return False
            self.banks.restore(arrays)
            packed = arrays["histories"].tobytes()
        histories: dict[str, dict[str, bytes]] = {code: {} for code in self.structures}
        at = 0
        for code, name, n_bytes in meta["history_bytes"]:
            histories[code][name] = packed[at : at + n_bytes]
            at += n_bytes
        for code, watch in self.structures.items():
            watch.restore(meta["structures"][code], histories[code])
        self.banks.lanes = {
            key: StreamSequence.restored(state) for key, state in meta["lanes"].items()
        }
        for threshold, state in zip(self.thresholds, meta["thresholds"], strict=True):
            threshold.restore(state)
        return True
