"""A tower whose raft tilts: readings in a real archive, an episode in a real event store."""

from pathlib import Path

import numpy as np
from blocks import blocks_of
from places import START_NS, tower

from plumbline.collector.archive.additions import ArchiveAdditions
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.archive.stage import ArchiveStage
from plumbline.collector.events.model import AlarmLevel, Event, EventKind, finding_id
from plumbline.collector.events.store import EventStore
from plumbline.collector.jobs.residual.horizons import HORIZONS, Horizon, spans
from plumbline.collector.jobs.residual.job import ResidualJob
from plumbline.collector.jobs.residual.store import ResidualStore
from plumbline.collector.jobs.runner import JobPacer
from plumbline.collector.journal import Journal
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import places
from plumbline.wire.record import encode

TILT, WARMTH = "XX.TWR01.0A.LA", "XX.TWR01.0A.LK"
ONSET_NS = START_NS
CLOSED_NS = ONSET_NS + 100 * NS
STEP_URAD = (30.0, 0.0)
SOON, LATER, NEXT_DAY = HORIZONS


def shaking(onset_ns: int = ONSET_NS, **changed: object) -> Event:
    words: dict[str, object] = {
        "id": finding_id("long_period", "TWR01", onset_ns),
        "kind": EventKind.SHAKING,
        "structure": "TWR01",
        "onset_ns": onset_ns,
        "closed_ns": onset_ns + 100 * NS,
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
        self.archive_what_is_due()
        self.events = EventStore(folder / "state" / "events.db")
        self.store = ResidualStore(folder / "state" / "afterwards.db")
        self.now_ns = START_NS
        self.settings = DeformationSettings()
        self.start()

    def start(self) -> None:
        self.job = ResidualJob(
            places=self.places, events=self.events, store=self.store,
            archive=ArchiveReader(self.folder), additions=ArchiveAdditions(self.folder),
            blanking=self.settings.blanking(self.events),
        )  # fmt: skip
        self.pacer = JobPacer(self.job, cpu_s=lambda: 0.0)

    def tilts(self, time_s: np.ndarray) -> np.ndarray:
        """A daily wave of 40 µrad, noise of 0.5 µrad, and the step. [µrad]"""
        wave = 20 * np.sin(2 * np.pi * time_s / 86_400)
        noise = np.random.default_rng(abs(int(time_s[0]))).normal(0, 0.5, (2, time_s.size))
        return wave + noise + np.outer(STEP_URAD, time_s > 50)

    def blocks(self, since_ns: int, until_ns: int) -> list[Block]:
        """Readings of the tiltmeter, one a second on whole seconds."""
        first, last = -(-since_ns // NS), until_ns // NS
        time_s = np.arange(first, last + 1) - ONSET_NS / NS
        place = self.places[TILT]
        counts = np.rint(self.tilts(time_s) * place.instrument.sensitivity).astype(np.int32)
        return list(blocks_of(counts, first * NS, stream=place.stream, rate_hz=1.0, size=10))

    def record(self, *horizons: Horizon, without: tuple[int, int] = (0, 0)) -> None:
        """Archive every window of some horizons, but for a span. [s after the onset]"""
        gap = [ONSET_NS + each * NS for each in without]
        for horizon in horizons:
            compared = spans(horizon, ONSET_NS, CLOSED_NS)
            for span in (*compared.at_rest(horizon.witnesses), compared.after):
                recorded = [b for b in self.blocks(*span) if not gap[0] <= b.start_ns < gap[1]]
                self.archived(recorded)

    def archived(self, chosen: list[Block]) -> None:
        self.journal.append([(block.end_ns, encode(block)) for block in chosen], chosen)
        self.journal.sync()
        self.archive_what_is_due()

    def archive_what_is_due(self) -> None:
        while entries := self.journal.read(self.archive._position):
            self.archive.take(entries, entries[-1].received_ns)
        self.archive.commit()

    def idle_at(self, seconds: float) -> None:
        """Give the job turns at a moment after the end of the episode."""
        self.now_ns = max(self.now_ns, CLOSED_NS + round(seconds * NS))
        for _ in range(4):
            self.pacer.turn(self.now_ns)

    def comparison(self, horizon: Horizon, event: Event | None = None) -> dict | None:
        rows = self.store.comparisons((event or shaking()).id)
        found = {row.horizon: row.body for row in rows if row.stream == TILT}
        return found.get(horizon.name)

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
