"""Silence has one event for each cause, and ends when it speaks again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from places import tower_places

from plumbline.collector.events.model import Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.health.last_seen import LastSeen
from plumbline.collector.health.outages.settings import OutageSettings
from plumbline.collector.health.outages.watch import OutageWatch
from plumbline.wire.block import NS
from plumbline.wire.messages import Heartbeat

T0 = 1_782_000_000 * NS
GROUND = ("XX.TWR01.0A.HN", "XX.TWR01.0A.LA", "XX.TWR01.0A.LK")
ROOF = "XX.TWR01.3A.HN"
AGENTS = {**dict.fromkeys(GROUND, "XX.TWR01/pi-0a"), ROOF: "XX.TWR01/pi-3a"}


class Site:
    """A collector's ears, and the time."""

    def __init__(self, folder: Path) -> None:
        self.last_seen = LastSeen()
        self.store = EventStore(folder / "events.db")
        self.places = tower_places(folder)
        self.connected = True
        self.now_s = 0
        self.watch = self.started()

    def started(self) -> OutageWatch:
        return OutageWatch(
            settings=OutageSettings(),
            places=self.places,
            last_seen=self.last_seen,
            events=self.store,
            connected=lambda: self.connected,
            started_ns=T0 + self.now_s * NS,
        )

    def passes(self, seconds: int, *speaking: str, beating: tuple[str, ...] = ()) -> None:
        for _ in range(seconds):
            self.now_s += 1
            now_ns = T0 + self.now_s * NS
            for key in speaking:
                self.last_seen.block(key, AGENTS[key], now_ns)
            for agent in beating if self.now_s % 10 == 0 else ():
                beat = Heartbeat(
                    agent=agent, boot="0" * 16, sent_ns=now_ns, uptime_s=1, spool_rows=0,
                    spool_unheld=0, spool_bytes=0, disk_free_bytes=1,
                )  # fmt: skip
                self.last_seen.heartbeat(agent, beat, now_ns)
            self.watch.poll(now_ns)

    def events(self) -> list[Event]:
        return [event for _, event in self.store.changes(0)]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.store.close()


def test_a_site_that_speaks_is_not_silent(site: Site) -> None:
    site.passes(300, *GROUND, ROOF)
    assert site.events() == []


def test_a_cut_link_is_one_event_for_all_its_instruments(site: Site) -> None:
    site.passes(200, *GROUND, ROOF)
    site.passes(120, ROOF)
    (event,) = site.events()
    assert (event.kind, event.evidence["cause"]) == (EventKind.SILENCE, "link")
    assert set(event.evidence["streams"]) == set(GROUND)
    assert event.onset_ns == T0 + 200 * NS


def test_an_agent_that_beats_without_data_has_a_silent_node(site: Site) -> None:
    site.passes(200, *GROUND, ROOF)
    site.passes(120, *GROUND, beating=("XX.TWR01/pi-3a",))
    (event,) = site.events()
    assert event.evidence["cause"] == "node"
    assert list(event.nodes) == ["3A"]


def test_one_quiet_instrument_is_named(site: Site) -> None:
    site.passes(200, *GROUND, ROOF)
    site.passes(120, GROUND[0], GROUND[2], ROOF)
    (event,) = site.events()
    assert event.evidence["cause"] == "instrument"
    assert event.evidence["streams"] == ["XX.TWR01.0A.LA"]


def test_a_lost_broker_is_one_event_not_one_for_each_link(site: Site) -> None:
    site.passes(200, *GROUND, ROOF)
    site.connected = False
    site.passes(120)
    (event,) = site.events()
    assert event.evidence["cause"] == "broker"


def test_it_is_over_when_it_speaks_again(site: Site) -> None:
    site.passes(200, *GROUND, ROOF)
    site.passes(60, ROOF)
    site.passes(5, *GROUND, ROOF)
    (event,) = site.events()
    assert event.closed_ns is not None


def test_what_was_never_heard_is_told_after_the_start(site: Site) -> None:
    site.passes(110, *GROUND)
    assert site.events() == []
    site.passes(30, *GROUND)
    (event,) = site.events()
    assert event.evidence["cause"] == "link"
    assert event.evidence["streams"] == [ROOF]


def test_a_restart_goes_on_with_the_same_silence(site: Site) -> None:
    site.passes(200, *GROUND, ROOF)
    site.passes(60, *GROUND)
    site.last_seen = LastSeen()
    site.watch = site.started()
    site.passes(300, *GROUND)
    assert len(site.events()) == 1
    assert site.events()[0].closed_ns is None
    site.passes(3, *GROUND, ROOF)
    (event,) = site.events()
    assert event.closed_ns is not None


def test_a_restart_within_a_breath_tells_nothing(site: Site) -> None:
    site.passes(200, *GROUND, ROOF)
    site.last_seen = LastSeen()
    site.watch = site.started()
    site.passes(60, *GROUND, ROOF)
    assert site.events() == []
