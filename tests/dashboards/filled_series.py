"""A tower's last two minutes, written by the series stage into a real InfluxDB."""

import time
from pathlib import Path

from series_rig import GROUND, ROOF, Rig
from servers.influx import Influx

from plumbline.collector.events.model import AlarmLevel, Event, EventKind, Limit, Standing
from plumbline.wire.block import NS, Block


class Filled:
    """The rig, the blocks it wrote, and the span they lie in."""

    def __init__(self, folder: Path, influx: Influx) -> None:
        self.start_ns = (time.time_ns() // NS - 130) * NS
        self.end_ns = self.start_ns + 120 * NS
        self.rig = Rig(folder, influx)
        self.blocks: list[Block] = [
            *self.rig.shaken(ROOF, 118, start_ns=self.start_ns),
            *self.rig.shaken(GROUND, 118, start_ns=self.start_ns, seed=9),
            *self.rig.tilted(110, start_ns=self.start_ns),
            *self.rig.warm(110, start_ns=self.start_ns),
        ]
        self.rig.put(*self.blocks)
        self.rig.events.save(self.shaking(), self.tilt())
        stage = self.rig.stage()
        self.rig.follow(stage)
        stage.close()

    def shaking(self) -> Event:
        limit = Limit(value=20.0, unit="gal", source="project", standing=Standing.PROJECT)
        return Event(
            id="quake", kind=EventKind.SHAKING, structure="TWR01", onset_ns=self.start_ns + 30 * NS,
            detector="long_period", level=AlarmLevel.RED, value=23.4, unit="gal", limit=limit,
            closed_ns=self.start_ns + 60 * NS, nodes={"0A": {}, "3A": {}},
        )  # fmt: skip

    def tilt(self) -> Event:
        return Event(
            id="lean", kind=EventKind.TILT, structure="TWR01", onset_ns=self.start_ns + 90 * NS,
            detector="tilt_level", level=AlarmLevel.AMBER, value=110.0, unit="µrad",
            nodes={"0A": {}},
        )  # fmt: skip
