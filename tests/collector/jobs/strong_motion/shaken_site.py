"""A tower whose shaking lies in a real archive, its episode in a real event store, for tests."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from blocks import blocks_of
from places import START_NS, tower

from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.archive.stage import ArchiveStage
from plumbline.collector.events.model import AlarmLevel, Event, EventKind, finding_id
from plumbline.collector.events.store import EventStore
from plumbline.collector.jobs.runner import JobPacer
from plumbline.collector.jobs.strong_motion.job import StrongMotionJob
from plumbline.collector.jobs.strong_motion.settings import OwnPeriod, StrongMotionSettings
from plumbline.collector.jobs.strong_motion.store import EpisodeStore
from plumbline.collector.journal import Journal
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place, places
from plumbline.wire.record import encode

QUIET_S, SHAKES_S, AFTER_S = 40, 120, 40
ONSET_NS = START_NS + QUIET_S * NS
CLOSED_NS = ONSET_NS + (SHAKES_S + 15) * NS
PERIOD_S = 3.0
GROUND, ROOF = "XX.TWR01.0A.HN", "XX.TWR01.3A.HN"
SIZE_MS2 = {GROUND: 0.05, ROOF: 0.2}
OWN = StrongMotionSettings(
    own_period=(OwnPeriod(structure="TWR01", period_s=PERIOD_S, source="ambient survey"),)
)


def sine(seconds: float = SHAKES_S, size: float = 1.0, period_s: float = PERIOD_S) -> np.ndarray:
    """Return a sine at 100 Hz that rises and falls over eight periods at its ends."""
    t = np.arange(round(seconds * 100)) / 100
    ramp = np.clip(np.minimum(t, seconds - t) / (8 * period_s), 0, 1)
    return size * np.sin(np.pi / 2 * ramp) ** 2 * np.sin(2 * np.pi * t / period_s)


def motion(size_ms2: float) -> np.ndarray:
    """Return Z at 1 g, N shaken, E quiet, with an offset on each, ``(3, n)``. [m/s2]"""
    north = np.concatenate([np.zeros(QUIET_S * 100), sine(size=size_ms2), np.zeros(AFTER_S * 100)])
    noise = np.random.default_rng(3).normal(0, 2e-4, (3, north.size))
    return np.stack([np.full(north.size, 9.8), 0.1 + north, np.full(north.size, -0.2)]) + noise


def shaking(structure: str = "TWR01", onset_ns: int = ONSET_NS, **changed: object) -> Event:
    """Return the episode as detection tells it."""
    words: dict[str, object] = {
        "id": finding_id("long_period", structure, onset_ns),
        "kind": EventKind.SHAKING,
        "structure": structure,
        "onset_ns": onset_ns,
        "detector": "long_period",
        "level": AlarmLevel.AMBER,
        "value": 5.0,
        "unit": "gal",
    }
    return Event(**(words | changed))  # type: ignore[arg-type]


class Site:
    """Data folder, archive and stores of one collector."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inventory = tower(folder)
        self.places = places(self.inventory)
        self.journal = Journal(folder / "journal")
        self.archive = ArchiveStage(folder, self.journal, ArchiveSettings(), START_NS)
        self.events = EventStore(folder / "state" / "events.db")
        self.store = EpisodeStore(folder / "state" / "episodes.db")
        self.now_ns = START_NS
        self.spent_s = 0.0
        self.start()

    def start(self, places: dict[str, Place] | None = None) -> None:
        self.job = StrongMotionJob(
            settings=OWN, places=places or self.places, events=self.events, store=self.store,
            archive=ArchiveReader(self.folder),
        )  # fmt: skip
        self.pacer = JobPacer(self.job, cpu_s=lambda: self.spent_s)

    def blocks(self, key: str) -> Iterator[Block]:
        place = self.places[key]
        counts = np.rint(motion(SIZE_MS2[key]) * place.instrument.sensitivity).astype(np.int32)
        yield from blocks_of(counts, START_NS, stream=place.stream)

    def record(self, key: str, *, without: range = range(0), until_s: int = 10**6) -> None:
        """Archive what a node sent, but for some seconds."""
        self.archived(b for b in self.blocks(key) if b.seq not in without and b.seq < until_s)

    def archived(self, blocks: Iterator[Block]) -> None:
        chosen = list(blocks)
        self.journal.append([(block.end_ns, encode(block)) for block in chosen], chosen)
        self.journal.sync()
        while entries := self.journal.read(self.archive._position):
            self.archive.take(entries, chosen[-1].end_ns)

    def idle_until(self, seconds: float, step_s: float = 0.5) -> None:
        """Give the job turns up to so long after the first sample."""
        while self.now_ns < START_NS + seconds * NS:
            self.now_ns += round(step_s * NS)
            self.pacer.turn(self.now_ns)

    def restart(self) -> None:
        """Forget all that is in memory."""
        self.job.close()
        self.start()

    def close(self) -> None:
        self.job.close()
        self.store.close()
        self.events.close()
        self.archive._index.close()
        self.journal.close()
