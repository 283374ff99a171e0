"""CPU time of the deformation stage for 500 tilt channels at 1 Hz, beside a naive peer.

Prints JSON lines. Run: ``python -m benchmarks.deformation``. Ten minutes of 250 two-axis
tiltmeters (500 channels), in blocks of ten seconds as agents send them, decoded and taken in groups
of five a second, with a level limit and an hourly-rate limit each; then the same with 500
single-axis ones, chains of ten beams and limits that reach back for days. CPU seconds of this
process a second of data, state saved every 30 s included. The peer has the last two minutes of each
channel in a list, takes mean and standard deviation at every sample and writes all of its state as
JSON every ten seconds.
"""

import itertools
import json
import os
import statistics
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.collector.stages.deformation.stage import DeformationStage
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory import Inventory
from plumbline.wire.inventory.lookup import Place, places
from plumbline.wire.record import decode, encode

START_NS = 495_000 * 3600 * NS
SECONDS = 600
PEER_SECONDS = 30
BLOCK_S = 10
CHANNELS = 500
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class StandInEntry:
    """Entry of the journal, decoded when its block is read, as the stage's own entries are."""

    payload: bytes
    next_offset: int
    held_out: bool = False
    made: list[Block] = field(default_factory=list)

    def block(self) -> Block:
        if not self.made:
            self.made.append(decode(self.payload))
        return self.made[0]


def inventory(axes: int) -> Inventory:
    """Return so many tiltmeters that there are 500 channels."""
    zero = {"value": 0.0, "when": "2026-01-01", "who": "benchmark"}
    made = [
        {"code": code, "azimuth_deg": azimuth, "zero": zero}
        for code, azimuth in (("N", 0), ("E", 90))
    ]
    instrument = {
        "stream": "LA", "model": "tilt", "rate_hz": 1.0, "unit": "urad", "sensitivity": 1000,
        "baseline_m": 2.0, "axes": made[:axes],
    }  # fmt: skip
    codes = ["".join(pair) for pair in itertools.product(LETTERS, repeat=2)][: CHANNELS // axes]
    nodes = [
        {"code": code, "name": code, "role": "structure", "instrument": [instrument]}
        for code in codes
    ]
    structure = {"code": "TWR01", "name": "t", "latitude": 13, "longitude": 100, "node": nodes}
    return Inventory.model_validate({"network": {"code": "XX"}, "structure": [structure]})


def payloads(known: dict[str, Place], seconds: int, seed: int = 1) -> list[list[bytes]]:
    """Return the messages of every second; each stream sends once in ten, staggered."""
    rng = np.random.default_rng(seed)
    made: list[list[bytes]] = [[] for _ in range(seconds)]
    for number, place in enumerate(known.values()):
        axes = len(place.instrument.axes)
        for seq, begin in enumerate(range(0, seconds - BLOCK_S + 1, BLOCK_S)):
            block = Block(
                stream=place.stream, boot=1, seq=seq, start_ns=START_NS + begin * NS, rate_hz=1.0,
                counts=np.rint(rng.normal(0, 3000, (axes, BLOCK_S))).astype(np.int32),
                clock_error_ns=200_000, time_quality=100,
            )  # fmt: skip
            made[min(begin + number % BLOCK_S, seconds - 1)].append(encode(block))
    return made


def limits(known: dict[str, Place], *, days: bool) -> list[dict[str, object]]:
    """Return a level and a rate limit for every instrument, with days to reach back or not."""
    words = {"structure": "TWR01", "of": "tilt", "source": "x", "amber": 1e5}
    rate = {"rule": "rate", "per": "day", "over_d": 14} if days else {"rule": "rate"}
    return [
        {**words, **more, "channel": f"{place.node.code}.LA"}
        for place in known.values()
        for more in ({}, rate)
    ]


def chains(known: dict[str, Place]) -> list[dict[str, object]]:
    """Return chains of ten beams each."""
    beams = [f"{place.node.code}.LA" for place in known.values()]
    return [
        {"structure": "TWR01", "name": f"chain{at}", "kind": "chain", "of": beams[at : at + 10]}
        for at in range(0, len(beams), 10)
    ]


def ours(known: dict[str, Place], words: dict[str, object], seconds: int) -> dict[str, float]:
    """Return the CPU of the stage, taking five groups a second."""
    groups = payloads(known, seconds)
    with tempfile.TemporaryDirectory() as folder:
        store = EventStore(Path(folder) / "events.db")
        stage = DeformationStage(
            settings=DeformationSettings.model_validate(words), places=known, events=store, start=0
        )
        offset, samples, begin, wall = 0, 0, time.process_time(), time.perf_counter()
        for second, group in enumerate(groups):
            now_ns = START_NS + second * NS
            for part in range(5):
                entries = []
                for payload in group[part::5]:
                    offset += 1
                    entries.append(StandInEntry(payload, offset))
                if entries:
                    stage.take(entries, now_ns)
            stage.idle(now_ns)
        cpu, wall = time.process_time() - begin, time.perf_counter() - wall
        stage.close()
        size = (Path(folder) / "events.db").stat().st_size
        samples = seconds * CHANNELS
        store.close()
    return {
        "seconds_of_data": seconds,
        "cpu_s": round(cpu, 2),
        "share_of_one_core": round(cpu / seconds, 4),
        "samples_a_cpu_second": round(samples / cpu),
        "wall_s": round(wall, 2),
        "state_kB": round(size / 1e3),
    }


def peer(known: dict[str, Place], seconds: int) -> dict[str, float]:
    """Return the CPU of lists, a mean at every sample, and all state as JSON every ten seconds."""
    groups = payloads(known, seconds)
    recent: dict[str, deque[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.json"
        begin = time.process_time()
        for second, group in enumerate(groups):
            for payload in group:
                block = decode(payload)
                for axis, row in zip(block.stream.axes, block.counts / 1000.0, strict=True):
                    values = recent.setdefault(block.stream.key + axis, deque(maxlen=120))
                    for value in row.tolist():
                        values.append(value)
                        statistics.fmean(values)
                        statistics.pstdev(values)
            if second % 10 == 0:
                path.write_text(json.dumps({key: list(each) for key, each in recent.items()}))
                fd = os.open(path, os.O_RDONLY)
                os.fsync(fd)
                os.close(fd)
        cpu = time.process_time() - begin
    return {
        "seconds_of_data": seconds,
        "cpu_s": round(cpu, 2),
        "share_of_one_core": round(cpu / seconds, 4),
    }


def main() -> None:
    two, one = places(inventory(2)), places(inventory(1))
    plain = {"limit": limits(two, days=False)}
    heavy = {"limit": limits(one, days=True), "channel": chains(one)}
    beams = [
        {"structure": "TWR01", "channel": each["name"], "of": "differential_settlement",
         "source": "x", "amber": 1e5}
        for each in heavy["channel"]
    ]  # fmt: skip
    heavy["limit"] = [*heavy["limit"], *beams]
    shares = {}
    cases = (
        ("500 channels as 250 two-axis tiltmeters, level and hourly rate", two, plain),
        ("500 beams, level and rate over 14 days, 50 chains of ten", one, heavy),
    )
    for name, known, words in cases:
        figures = ours(known, words, SECONDS)
        shares[name] = figures["share_of_one_core"]
        print(json.dumps({"what": name, **figures}), flush=True)
    naive = peer(two, PEER_SECONDS)
    print(
        json.dumps({"what": "beside: lists, a mean a sample, all state as JSON", **naive}),
        flush=True,
    )
    best = shares[cases[0][0]]
    print(
        json.dumps(
            {
                "what": "verdict",
                "share_of_one_core": best,
                "budget": 0.05,
                "met": best < 0.05,
                "times_cheaper_than_the_peer": round(naive["share_of_one_core"] / best, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
