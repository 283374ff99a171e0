"""A raft with beams, a cell and temperatures: what tests of virtual channels and limits need."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from places import START_NS, block_of

from plumbline.collector.events.model import Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.deformation.channel_settings import AnyChannel
from plumbline.collector.stages.deformation.limit_settings import DeformationLimit
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.collector.stages.deformation.stage import DeformationStage
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory import Inventory
from plumbline.wire.inventory.lookup import Place, places

HOUR_NS = 3600 * NS
START_HOUR_NS = -(-START_NS // HOUR_NS) * HOUR_NS
ZERO = 'zero = { value = 0.0, when = 2026-02-01, who = "S. Chai" }'


def inventory(rate_hz: float = 1.0, beams: int = 3) -> Inventory:
    """Return beams 1A, 2A, 3A of 2 m (with temperature), a cell 0C, a two-axis tiltmeter 0T."""
    zero = {"value": 0.0, "when": "2026-02-01", "who": "S. Chai"}
    axis = {"code": "E", "azimuth_deg": 90, "zero": zero}
    beam = {
        "stream": "LA", "model": "beam", "rate_hz": rate_hz, "unit": "urad", "sensitivity": 1000,
        "baseline_m": 2.0, "temperature_partner": "LK", "axes": [axis],
    }  # fmt: skip
    warm = {
        "stream": "LK", "model": "beam", "rate_hz": rate_hz, "unit": "degC", "sensitivity": 1000,
        "axes": [{"code": "I", "azimuth_deg": 0}],
    }  # fmt: skip
    cell = {
        "stream": "LD", "model": "cell", "rate_hz": rate_hz, "unit": "mm", "sensitivity": 10_000,
        "axes": [{"code": "Z", "azimuth_deg": 0, "dip_deg": 90, "zero": zero}],
    }  # fmt: skip
    two = {**beam, "axes": [{**axis, "code": "N", "azimuth_deg": 0}, axis]}
    del two["temperature_partner"]
    nodes = [
        {"code": f"{n}A", "name": f"beam {n}", "role": "structure", "instrument": [beam, warm]}
        for n in range(1, beams + 1)
    ]
    nodes += [
        {"code": "0C", "name": "cell", "role": "structure", "instrument": [cell]},
        {"code": "0T", "name": "raft", "role": "structure", "instrument": [two]},
    ]
    structure = {
        "code": "TWR01", "name": "Tower", "latitude": 13.7, "longitude": 100.5,
        "timezone": "Asia/Bangkok", "node": nodes,
    }  # fmt: skip
    return Inventory.model_validate({"network": {"code": "XX"}, "structure": [structure]})


def known(rate_hz: float = 1.0, beams: int = 3) -> dict[str, Place]:
    """Return its streams by key."""
    return places(inventory(rate_hz, beams))


@dataclass(frozen=True, slots=True)
class Given:
    """An entry of the journal, as a stage sees it."""

    made: Block
    next_offset: int
    held_out: bool = False

    def block(self) -> Block:
        """Return the block."""
        return self.made


def limit(channel: str = "0T.LA", **changed: object) -> DeformationLimit:
    """Return a project limit of a channel: amber 100, red 200, falls after 20 s."""
    words: dict[str, object] = {
        "structure": "TWR01", "of": "tilt", "amber": 100.0, "red": 200.0,
        "source": "RPT-017", "standing": "project", "clear_s": 20,
    }  # fmt: skip
    if "channels" not in changed:
        words["channel"] = channel
    return DeformationLimit.model_validate(words | changed)


def settings(
    *limits: DeformationLimit, channels: Iterable[Mapping[str, object]] = (), **changed: float
) -> DeformationSettings:
    """Return short windows of 20 s every 10 s, with limits and virtual channels."""
    words: dict[str, object] = {
        "window_s": 20, "step_s": 10, "rate_window_s": 200, "hold_after_s": 30, "wait_s": 40,
        "channel": [{"structure": "TWR01", **each} for each in channels],
    }  # fmt: skip
    return DeformationSettings.model_validate(words | changed | {"limit": limits})


def stage(
    store: EventStore, given: DeformationSettings, at: Mapping[str, Place], **more: object
) -> DeformationStage:
    """Return a stage over a store."""
    return DeformationStage(settings=given, places=at, events=store, start=0, **more)


def fed(
    at: Mapping[str, Place],
    values: Mapping[str, Sequence[float] | NDArray[np.float64]],
    *,
    start_ns: int = START_HOUR_NS,
    size: int = 10,
) -> list[Given]:
    """Return blocks of ``size`` samples, the streams in turn, as the journal would hold them."""
    made: list[Block] = []
    arrays = {f"XX.TWR01.{name}": np.atleast_2d(np.asarray(v, float)) for name, v in values.items()}
    longest = max(each.shape[1] for each in arrays.values())
    for seq, begin in enumerate(range(0, longest, size)):
        for key, rows in arrays.items():
            part = rows[:, begin : begin + size]
            known_part = part[:, np.isfinite(part).all(axis=0)]
            if known_part.shape[1]:
                begin_ns = start_ns + round(begin * NS / at[key].instrument.rate_hz)
                made.append(block_of(at[key], known_part, seq=seq, start_ns=begin_ns))
    return [Given(block, number + 1) for number, block in enumerate(made)]


def saved_events(store: EventStore) -> list[Event]:
    """Return the events there are, as they are now."""
    return [event for _, event in store.changes(0)]


def opened(path: Path) -> Iterator[EventStore]:
    """Yield a store, and close it."""
    store = EventStore(path)
    yield store
    store.close()


def virtual(**words: object) -> AnyChannel:
    """Return one virtual channel's settings."""
    made = DeformationSettings.model_validate({"channel": [{"structure": "TWR01", **words}]})
    return made.channel[0]
