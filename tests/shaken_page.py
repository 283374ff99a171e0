"""A page fed with a shaken tower, served for real."""

from pathlib import Path
from typing import Any

import numpy as np
from places import START_NS, block_of, tower

from plumbline.collector.alerting.store.standing import StandingEvents, standing_events
from plumbline.collector.events.model import AlarmLevel, Event, EventKind, Limit, Standing
from plumbline.collector.health.channel_status import ChannelWatch
from plumbline.collector.serving.web.app import application
from plumbline.collector.serving.web.server import WebServer
from plumbline.collector.serving.web.settings import WebSettings
from plumbline.collector.serving.web.sources import Sources
from plumbline.collector.stages.live.waveform_buffer import WaveformBuffer
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import places

NOW_NS = START_NS + 31 * NS


class KnownEvents:
    """The part of an event store the page reads, over a plain list."""

    def __init__(self) -> None:
        self.known: list[Event] = []

    def between(self, start_ns: int, end_ns: int, structure: str | None = None) -> list[Event]:
        return [event for event in self.known if start_ns <= event.onset_ns <= end_ns]

    def open(self) -> list[Event]:
        return [event for event in self.known if event.closed_ns is None]


class KnownEpisodes:
    """Episodes of the page, as a test sets it."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, Any]] = {}
        self.tied: list[dict[str, Any]] = []

    def latest(self, now_ns: int) -> dict[str, Any] | None:
        return next(iter(self.known.values()), None)

    def whole(self, event_id: str) -> dict[str, Any] | None:
        return self.known.get(event_id)

    def regions(self, now_ns: int) -> list[dict[str, Any]]:
        return self.tied


class KnownMovements:
    """Movements of the page, as a test sets it."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, Any]] = {}

    def latest(self, now_ns: int) -> dict[str, Any] | None:
        return next(iter(self.known.values()), None)

    def whole(self, event_id: str) -> dict[str, Any] | None:
        return self.known.get(event_id)


def shaking(level: AlarmLevel = AlarmLevel.RED, closed_ns: int | None = None) -> Event:
    limit = Limit(value=20.0, unit="gal", source="project", standing=Standing.PROJECT)
    return Event(
        id="quake", kind=EventKind.SHAKING, structure="TWR01", onset_ns=START_NS + 5 * NS,
        detector="long_period", level=level, value=23.4, unit="gal", limit=limit,
        closed_ns=closed_ns,
    )  # fmt: skip


class Page:
    """One served page and what it is made from."""

    def __init__(self, folder: Path) -> None:
        inventory = tower(folder)
        streams = places(inventory)
        self.events = KnownEvents()
        self.episodes = KnownEpisodes()
        self.movements = KnownMovements()
        self.acknowledged: list[tuple[str, str]] = []
        self.inspected = False
        self.levels: list[dict[str, Any]] = []
        self.health: dict[str, object] = {"ok": True, "stages": {}, "problems": []}
        waves, channels = WaveformBuffer(streams), ChannelWatch(streams)
        rng = np.random.default_rng(4)
        for second in range(30):
            start_ns = START_NS + second * NS
            t = second + np.arange(100) / 100
            for key, size in (("XX.TWR01.0A.HN", 0.05), ("XX.TWR01.3A.HN", 0.4)):
                sway = size * np.sin(2 * np.pi * t / 3)
                noise = rng.normal(0, 0.002, (3, 100))
                values = np.stack([9.8 + 0.1 * sway, sway, 0.5 * sway]) + noise
                block = block_of(streams[key], values, seq=second, start_ns=start_ns)
                waves.feed(block)
                channels.update(block, start_ns + NS + 200_000_000)
        for ten in range(3):
            tilt = np.full((2, 10), 100.0 + 30 * ten) + rng.normal(0, 1, (2, 10))
            block = block_of(
                streams["XX.TWR01.0A.LA"], tilt, seq=ten, start_ns=START_NS + ten * 10 * NS
            )
            waves.feed(block)
            channels.update(block, block.end_ns)
            warm = block_of(
                streams["XX.TWR01.0A.LK"], np.full((1, 10), 31.0), seq=ten, start_ns=block.start_ns
            )
            channels.update(warm, warm.end_ns)
        self.sources = Sources(
            inventory=inventory,
            places=streams,
            waves=waves,
            channels=channels,
            events=self.events,
            episodes=self.episodes,
            movements=self.movements,
            alerts=self._alerts,
            answered=lambda: frozenset({"quake"} if self.acknowledged else ()),
            acknowledge=self._acknowledge,
            health=lambda: self.health,
            metrics=lambda: b"plumbline_blocks 1\n",
            levels=lambda: self.levels,
            limits_urad={"amber": 120.0, "red": 200.0},
            stale_after_s=15.0,
            standing=self._standing,
            faults=lambda _: [],
        )

    def _standing(self, structure: str) -> StandingEvents:
        return standing_events(
            None, structure, [] if self.inspected else list(self.events.between(0, 2**62))
        )

    def _alerts(self) -> list[dict[str, object]]:
        notified = [{"person": "Somchai", "when_ns": str(START_NS + 6 * NS), "state": "delivered"}]
        by = self.acknowledged[0][1] if self.acknowledged else None
        title = "TWR01 shaking 23.4 gal"
        incident = {"title": title, "severity": "red", "told": notified, "answered_by": by}
        return [{**incident, "code": "4711", "waits_for_answer": by is None}]

    def _acknowledge(self, code: str, by: str, address: str) -> str:
        assert address == "127.0.0.1"
        if code != "4711":
            raise ValueError(f"no open incident has the code {code}")
        self.acknowledged.append((code, by))
        return "acknowledged"

    def serve(self, password: str | None = None) -> WebServer:
        app = application(self.sources, password=password, now_ns=lambda: NOW_NS)
        server = WebServer(app, WebSettings(port=0))
        server.start()
        return server
