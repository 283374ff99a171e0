"""A whole site whose processes are killed at seeded random moments."""

import random
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stories.whole_site import WholeSite

from plumbline.demo.tower import accelerometer
from plumbline.wire.block import NS
from plumbline.wire.record import decode

SPOTS = (
    accelerometer("0A", "ground", "ground", 0, "pi-ground", 20.0),
    accelerometer("3A", "roof", "roof", 30, "pi-roof", 40.0),
)
RATE_HZ = 100.0
ON_THE_WAY = 20  # samples: a frame or two in the pseudo-terminal, and 20 ms of error of times
NEAR_NS = 100_000_000  # a gap begins where the last durable block ends; times may be 20 ms off


@dataclass(frozen=True, slots=True)
class Kill:
    """What was killed, when, and up to when its blocks were durable. [ns since 1970]"""

    name: str
    at_ns: int
    durable_ns: int | None = None


class KilledSite(WholeSite):
    """Two ADXL355 nodes read by two agents."""

    def __init__(self, folder: Path, *, seconds: float) -> None:
        super().__init__(folder, {spot.agent: [spot] for spot in SPOTS}, seconds=seconds)

    def kill(self, name: str) -> Kill:
        """SIGKILL one of broker, collector, pi-ground, pi-roof; start it again at once."""
        if name == "broker":
            self.broker.kill()
            self.broker.start()
            return Kill(name, time.time_ns())
        self.processes.kill(name)
        at_ns = time.time_ns()
        durable_ns = None if name == "collector" else durable(self.folder / f"{name}.db")
        self.begin(name)
        return Kill(name, at_ns, durable_ns)

    def kill_at_random(self, kills: int, seed: int, between_s: tuple[float, float]) -> list[Kill]:
        """Kill so many times at seeded random moments; return what was killed."""
        rng = random.Random(seed)
        names = ["broker", "collector", *self.agents]
        done = []
        for _ in range(kills):
            time.sleep(rng.uniform(*between_s))
            done.append(self.kill(rng.choice(names)))
        return done


def durable(spool: Path) -> int | None:
    """Return when the last sample that a dead agent had made durable ends; None before any.

    Read-only, so that the next agent finds the spool as the kill left it.
    """
    with closing(sqlite3.connect(f"file:{spool}?mode=ro", uri=True)) as db:
        found = db.execute("SELECT message FROM rows ORDER BY id DESC LIMIT 1").fetchone()
    return None if found is None else decode(found[0]).end_ns


def unexplained(channel: dict[str, Any], kills: Iterable[Kill]) -> list[dict[str, Any]]:
    """Return the gaps of a channel that no kill of its agent explains.

    One explains a gap that begins where the last durable block of that agent ends, and that is no
    longer than what was read from there until the kill.
    """
    agent = next(spot.agent for spot in SPOTS if f".{spot.node}." in channel["nslc"])
    ends = [(k.durable_ns, k.at_ns) for k in kills if k.name == agent and k.durable_ns is not None]
    return [
        run
        for run in channel["lost_runs"]
        if not any(
            abs(run["start_ns"] - durable_ns) < NEAR_NS
            and run["samples"] <= (at_ns - durable_ns) / NS * RATE_HZ + ON_THE_WAY
            for durable_ns, at_ns in ends
        )
    ]
