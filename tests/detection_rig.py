"""A tower, its motion, and a detection stage that takes it block by block."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from places import START_NS, block_of, inventory_text

from plumbline.collector.events.model import Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.detection.late_stage import LateStage
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.collector.stages.detection.stage import DetectionStage
from plumbline.wire.block import FOREVER_NS, NS, Block
from plumbline.wire.inventory import read_inventory
from plumbline.wire.inventory.lookup import Place, places

RATE_HZ = 100.0
NODES = (("0A", "ground"), ("1A", "structure"), ("3A", "roof"))


@dataclass(frozen=True, slots=True)
class Given:
    """An entry of the journal, as a stage sees it."""

    made: Block
    offset: int
    received_ns: int
    held_out: bool = False

    @property
    def next_offset(self) -> int:
        return self.offset + 1

    def block(self) -> Block:
        return self.made


def tower_places(folder: Path, nodes: Sequence[tuple[str, str]] = NODES) -> dict[str, Place]:
    """Return the acceleration streams of a tower with these nodes, by node."""
    path = folder / "inventory.toml"
    path.write_text(inventory_text(tuple(nodes)), encoding="utf-8")
    found = places(read_inventory(path))
    return {p.node.code: p for p in found.values() if p.stream.band_source == "HN"}


def neighbour(tower: Mapping[str, Place], code: str) -> dict[str, Place]:
    """Return the streams of another structure that is built like this one."""
    return {
        node: replace(
            place,
            stream=replace(place.stream, structure=code),
            structure=place.structure.model_copy(update={"code": code}),
        )
        for node, place in tower.items()
    }


def blocks(
    place: Place, accel_ms2: np.ndarray, *, start_ns: int = START_NS, size: int = 100, boot: int = 7
) -> Iterator[Block]:
    """Cut ``(3, n)`` or ``(n,)`` samples into blocks, gravity on the first axis."""
    gravity = np.array([[9.80665], [0.0], [0.0]])
    rows = np.broadcast_to(accel_ms2, (3, np.shape(accel_ms2)[-1])) + gravity
    for seq, first in enumerate(range(0, rows.shape[1], size)):
        yield block_of(
            place,
            rows[:, first : first + size],
            seq=seq,
            start_ns=start_ns + round(first * NS / RATE_HZ),
            boot=boot,
        )


def journal(streams: Iterable[Iterable[Block]], delay_ns: int = NS // 10) -> list[Given]:
    """Return blocks as entries, in the order in which they end."""
    ordered = sorted((b for stream in streams for b in stream), key=lambda b: b.end_ns)
    return [Given(b, n, b.end_ns + delay_ns) for n, b in enumerate(ordered)]


def stage(
    tower: Mapping[str, Place], store: EventStore, start: int = 0, **changed: Any
) -> DetectionStage:
    """Return a stage over the streams of a tower."""
    return DetectionStage(
        settings=DetectionSettings.model_validate(changed),
        places={place.stream.key: place for place in tower.values()},
        events=store,
        start=start,
    )


def late_stage(
    tower: Mapping[str, Place], store: EventStore, start: int = 0, **changed: Any
) -> LateStage:
    """Return the stage for what came late."""
    return LateStage(
        settings=DetectionSettings.model_validate(changed),
        places={place.stream.key: place for place in tower.values()},
        events=store,
        start=start,
    )


def run_stage(own: DetectionStage | LateStage, entries: Sequence[Given], size: int = 30) -> None:
    """Let a stage take entries a few at a time, at the time they came."""
    for first in range(0, len(entries), size):
        some = entries[first : first + size]
        own.take(some, some[-1].received_ns)  # type: ignore[arg-type]
        own.idle(some[-1].received_ns)


def saved_events(store: EventStore) -> list[Event]:
    """Return every event, by onset."""
    return store.between(0, FOREVER_NS)


def seconds(event_ns: int) -> float:
    """Return a time as seconds after the first sample."""
    return (event_ns - START_NS) / NS
