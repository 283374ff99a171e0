"""A tower's journal, archive and events, and a series stage that writes to a real server."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from places import START_NS, block_of, tower_places
from servers.influx import Influx

from plumbline.collector.archive.blocks import archived_blocks
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.archive.stage import ArchiveStage
from plumbline.collector.events.store import EventStore
from plumbline.collector.journal import Journal
from plumbline.collector.journal.settings import JournalSettings
from plumbline.collector.stages.influxdb import schema
from plumbline.collector.stages.influxdb.settings import InfluxSettings
from plumbline.collector.stages.influxdb.sink import sink_for
from plumbline.collector.stages.influxdb.stage import InfluxStage
from plumbline.collector.stages.influxdb.state import InfluxState
from plumbline.wire.block import NS, Block
from plumbline.wire.record import encode

ROOF, GROUND, LILY, WARMTH = "XX.TWR01.3A.HN", "XX.TWR01.0A.HN", "XX.TWR01.0A.LA", "XX.TWR01.0A.LK"
_databases = itertools.count()


class Rig:
    """Everything a series stage stands between."""

    def __init__(self, folder: Path, influx: Influx) -> None:
        self.folder = folder
        self.influx = influx
        self.database = f"test{next(_databases)}"
        self.places = tower_places(folder)
        settings = JournalSettings(segment_mb=0.02, keep_hours=1e-6, tail_mb=0)
        self.journal = Journal(folder / "journal", settings)
        self.events = EventStore(folder / "state" / "events.db")

    def settings(self, **changed: Any) -> InfluxSettings:
        words = {"url": self.influx.url, "api": "v1", "database": self.database, "timeout_s": 5}
        return InfluxSettings.model_validate(words | changed)

    def stage(self, **changed: Any) -> InfluxStage:
        settings = self.settings(**changed)
        return InfluxStage(
            settings=settings,
            places=self.places,
            sink=sink_for(settings),
            state=InfluxState(self.folder / "state" / "series.db", self.journal.store_id),
            events=self.events,
            window=self.window,
        )

    def window(self, key: str, start_ns: int, end_ns: int) -> Iterator[Block]:
        reader = ArchiveReader(self.folder)
        try:
            yield from archived_blocks(reader, self.places[key], start_ns, end_ns)
        finally:
            reader.close()

    def put(self, *blocks: Block, late_ns: int = 200_000_000) -> None:
        """Append blocks as if each had arrived a little after its end."""
        self.journal.append([(block.end_ns + late_ns, encode(block)) for block in blocks])
        self.journal.sync()

    def archive(self, now_ns: int = START_NS, *, repacked: bool = False) -> None:
        """Let the archive take everything there is."""
        settings = ArchiveSettings(close_on_stop=repacked)
        stage = ArchiveStage(self.folder, self.journal, settings, now_ns)
        while entries := self.journal.read(stage.cursor()):
            stage.take(entries, now_ns)
            stage.commit()
        stage.close()

    def follow(self, stage: InfluxStage, now_ns: int = START_NS) -> None:
        """Let a stage take everything there is, with small readings in between."""
        while entries := self.journal.read(stage.cursor(), limit_bytes=4096):
            stage.take(entries, now_ns)
        stage.idle(now_ns)

    def points(self, measurement: schema.Measurement) -> dict[tuple[str, ...], list[list[Any]]]:
        """Return every point: ``(tags...) -> [[time, fields...]...]``, fields as in the schema."""
        names = ",".join(f'"{name}"' for name in measurement.fields)
        tags = ",".join(f'"{tag}"' for tag in measurement.tags)
        found = self.influx.query(
            f'SELECT {names} FROM "{measurement.name}" GROUP BY {tags}', self.database
        )
        return {tuple(s["tags"][tag] for tag in measurement.tags): s["values"] for s in found}

    def everything(self) -> dict[str, Any]:
        return {m.name: self.points(m) for m in schema.MEASUREMENTS.values()}

    def close(self) -> None:
        self.events.close()
        self.journal.close()

    # what the tower's instruments say

    def shaken(
        self, key: str, seconds: int, *, start_ns: int = START_NS, seed: int = 3, first: int = 0
    ) -> list[Block]:
        """Return one-second blocks that begin at an odd part of a second, as instruments do."""
        place = self.places[key]
        rng = np.random.default_rng(seed)
        return [
            block_of(
                place,
                rng.normal([[9.8], [0.0], [0.0]], 0.3, (3, 100)),
                seq=first + n,
                start_ns=start_ns + 370_000_123 + (first + n) * NS,
            )
            for n in range(seconds)
        ]

    def tilted(self, seconds: int, *, start_ns: int = START_NS, seed: int = 5) -> list[Block]:
        place = self.places[LILY]
        rng = np.random.default_rng(seed)
        return [
            block_of(
                place, rng.normal(80, 3, (2, 10)), seq=n, start_ns=start_ns + (10 * n + 1) * NS
            )
            for n in range(seconds // 10)
        ]

    def warm(self, seconds: int, *, start_ns: int = START_NS) -> list[Block]:
        place = self.places[WARMTH]
        return [
            block_of(
                place,
                31 + 0.01 * np.arange(10.0)[np.newaxis],
                seq=n,
                start_ns=start_ns + (10 * n + 1) * NS,
            )
            for n in range(seconds // 10)
        ]
