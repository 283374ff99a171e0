"""A process of a collector that dies is begun again, and its death is told; nothing is lost."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from servers.programs import wait_until
from stories.killed_site import SPOTS
from stories.running import page_answer
from stories.whole_site import WholeSite

from plumbline.collector.events.model import AlarmLevel, Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.wire.block import FOREVER_NS

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.logs_errors]

EVENT_WITHIN_S = 5.0
STOPS_WITHIN_S = 10.0


@pytest.fixture
def site(tmp_path: Path) -> Iterator[WholeSite]:
    made = WholeSite(tmp_path, {spot.agent: [spot] for spot in SPOTS}, seconds=600)
    config = tmp_path / "collector.toml"
    config.write_text('processes = "many"\n' + config.read_text())
    made.start()
    yield made
    made.stop()


def processes(site: WholeSite) -> dict[str, psutil.Process]:
    """Return the processes of the site's collector by name."""
    collector = psutil.Process(site.processes.pid("collector"))
    found = {}
    for child in collector.children():
        words = child.cmdline()
        if "--process" in words:
            found[words[words.index("--process") + 1]] = child
    return found


def is_well(site: WholeSite) -> bool:
    """Return whether the collector says that it is well; not while its page is away."""
    try:
        return bool(page_answer(site.web, "healthz")["ok"])
    except OSError:  # not there yet, or 503
        return False


def health_events(site: WholeSite) -> list[Event]:
    try:
        store = EventStore(site.folder / "data" / "state" / "events.db")
    except sqlite3.OperationalError:
        return []
    events = [e for e in store.between(0, FOREVER_NS) if e.kind is EventKind.HEALTH]
    store.close()
    return events


def test_the_death_of_each_process_is_a_red_event_within_five_seconds_and_mends_itself(
    site: WholeSite,
) -> None:
    for name in ("detection", "keepers", "jobs", "serving", "alerting", "intake"):
        wait_until(lambda: len(processes(site)) == 6, 60)
        wait_until(lambda: is_well(site), 60)
        victim = processes(site)[name]
        key = f"process:{name}"
        victim.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        patience_s = EVENT_WITHIN_S if name != "alerting" else 30.0  # it tells its own death later
        wait_until(
            lambda key=key: any(e.evidence["key"] == key for e in health_events(site)), patience_s
        )
        (event,) = [e for e in health_events(site) if e.evidence["key"] == key]
        assert event.level is AlarmLevel.RED
        assert time.monotonic() - killed < patience_s + 1
        wait_until(
            lambda key=key: all(
                e.closed_ns is not None for e in health_events(site) if e.evidence["key"] == key
            ),
            60,
        )
    counts = site.finish()
    assert (counts["lost"], counts["duplicated"], counts["altered"]) == (0, 0, 0)


def test_sigterm_ends_all_processes_within_ten_seconds(site: WholeSite) -> None:
    children = list(processes(site).values())
    began = time.monotonic()
    assert site.processes.end("collector") == 0
    assert time.monotonic() - began < STOPS_WITHIN_S
    assert [child for child in children if child.is_running()] == []


def test_no_process_outlives_a_killed_supervisor(site: WholeSite) -> None:
    children = list(processes(site).values())
    os.kill(site.processes.pid("collector"), signal.SIGKILL)
    wait_until(lambda: not any(child.is_running() for child in children), 10)
    site.processes.kill("collector")
    site.begin("collector")
    wait_until(lambda: is_well(site), 60)
