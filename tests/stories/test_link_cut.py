"""An earthquake inside a ten-minute cut of the link, found when the data come, and marked so."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from servers.programs import wait_until
from stories.cut_site import CutSite
from stories.running import page_answer, recounted

from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.views import queries
from plumbline.collector.events.model import Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.journal import Journal
from plumbline.demo.motion import packaged_motion
from plumbline.demo.tower import accelerometer
from plumbline.edge_agent.spool import RowStanding
from plumbline.simulator.acts import Quake
from plumbline.wire.block import FOREVER_NS, NS, Block

BEFORE_S, CUT_S, LIVE_S = 60, 600, 90
QUAKE_S = BEFORE_S + 300
READY_S = 12.0  # within which the spools are filled
AFTER_S = 5.0
A_WHILE = 4 * 10  # blocks
SPOTS = tuple(
    accelerometer(
        f"{number}A", f"level {3 * number}", "structure" if number else "ground",
        3 * number, f"pi-{number % 2}", 10.0 * number - 45,
    )
    for number in range(10)
)  # fmt: skip
pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CutSite]:
    site = CutSite(tmp_path, SPOTS)
    yield site
    site.stop()


def quake(folder: Path) -> Quake:
    motion = packaged_motion()
    record = folder / "record.npz"
    np.savez(record, accel_ms2=motion.accel_ms2, rate_hz=motion.rate_hz)
    return Quake(start_s=QUAKE_S, seconds=motion.seconds, record=record)


def live_delays_s(data: Path, fed: dict[tuple[str, int], int], span_ns: tuple[int, int]) -> list:
    """Return the time from agent to collector of the blocks finished in a span, by the journal."""
    journal = Journal(data / "journal")
    delays, offset = [], 0
    while offset < journal.end_offset:
        for entry in journal.read(offset):
            block = entry.block()
            begun_ns = fed[block.stream.key, block.seq]
            if span_ns[0] <= begun_ns <= span_ns[1]:
                delays.append((entry.received_ns - begun_ns) / NS)
            offset = entry.next_offset
    journal.close()
    return delays


def until(enough: threading.Event, blocks: list[Block]) -> Iterator[Block]:
    """Yield blocks until it is enough."""
    for block in blocks:
        if enough.is_set():
            return
        yield block


def saved_events(data: Path) -> list[Event]:
    store = EventStore(data / "state" / "events.db")
    events = store.between(0, FOREVER_NS)
    store.close()
    return events


@pytest.mark.logs_errors
def test_a_quake_inside_a_ten_minute_cut_is_one_late_episode_and_nothing_is_lost(
    site: CutSite, tmp_path: Path
) -> None:
    start_ns = time.time_ns()
    blocks = site.measured(quake(tmp_path), start_ns=start_ns, seconds=BEFORE_S + CUT_S + LIVE_S)
    before, held, live = (
        [block for block in blocks if first <= (block.end_ns - start_ns) / NS < last]
        for first, last in (
            (0, BEFORE_S), (BEFORE_S, BEFORE_S + CUT_S), (BEFORE_S + CUT_S, 10_000),
        )
    )  # fmt: skip
    with site.running():
        back_ns = time.time_ns() + round(READY_S * NS)
        shift_ns = back_ns - (start_ns + (BEFORE_S + CUT_S) * NS)
        for fed in range(0, len(before), A_WHILE):  # no burst: the delays of these count too
            site.feed(before[fed : fed + A_WHILE], shift_ns)
            held_by_then = min(fed + A_WHILE, len(before))
            wait_until(lambda: site.spooled(RowStanding.HELD) == held_by_then, 60)  # noqa: B023
        site.link.cut()
        wait_until(lambda: not site.connected(), 20)
        site.feed(held, shift_ns)
        wait_until(lambda: site.spooled(RowStanding.UNHELD) == len(held), 60)
        time.sleep(max(0.0, (back_ns - time.time_ns()) / NS))
        site.link.mend()
        enough = threading.Event()
        feeding = threading.Thread(
            target=site.feed, args=(until(enough, live), shift_ns), kwargs={"live": True}
        )
        feeding.start()
        wait_until(site.connected, 60)
        connected_ns = time.time_ns()
        wait_until(lambda: site.spooled(RowStanding.UNHELD) < len(SPOTS) * 10, LIVE_S, every_s=0.1)
        drained_ns = time.time_ns()
        detect = page_answer(site.web, "healthz")["stages"]["detect"]
        time.sleep(AFTER_S)
        enough.set()
        feeding.join(10)

    delays = live_delays_s(tmp_path / "data", site.fed, (connected_ns, drained_ns))
    p99_s = float(np.percentile(delays, 99))
    drain_s = (drained_ns - connected_ns) / NS
    print(f"backlog drained in {drain_s:.1f} s; p99 of {len(delays)} live blocks {p99_s:.3f} s to")
    # Its p99 is not of the live blocks: it counts every entry since the start, so it is printed.
    print(f"the collector; of all entries to the detector {detect['delay_p50_s']:.3f} s (p50) and")
    print(f"{detect['delay_p99_s']:.3f} s (p99) more")
    assert len(delays) > 5 * len(SPOTS)
    assert p99_s + detect["delay_p50_s"] < 2.0

    (event,) = saved_events(tmp_path / "data")
    assert (event.kind, event.late) == (EventKind.SHAKING, True)
    begun_ns = start_ns + shift_ns + QUAKE_S * NS
    assert begun_ns < event.onset_ns < begun_ns + 30 * NS
    assert event.closed_ns is not None
    assert set(event.nodes) == {spot.node for spot in SPOTS}

    alarms = tmp_path / "data" / "state" / "alerting.db"
    assert queries.notifications(alarms) == []
    (passed_over,) = queries.log(alarms)
    assert (passed_over.entry, passed_over.detail["reason"]) == (AuditEntry.NOT_PAGED, "LATE")

    counted = recounted(tmp_path / "data" / "archive", site.shifted_truth(shift_ns))
    assert (counted["lost"], counted["duplicated"], counted["altered"]) == (0, 0, 0)
    assert counted["archived"] == counted["delivered"] > len(SPOTS) * 3 * 100 * (BEFORE_S + CUT_S)
