"""The last step, for real: a crossing goes out by a real gammu-smsd, and an SMS answers it."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from servers.gammu import Gammu
from servers.programs import wait_until
from stories.alerting_story import START_NS, TWO_PEOPLE, Story

from plumbline.cli import main
from plumbline.collector.alerting.engine.engine import AlertEngine, database
from plumbline.collector.alerting.engine.thread import AlertRunner
from plumbline.collector.alerting.senders import senders_for
from plumbline.collector.alerting.senders.gammu_inbox import GammuInbox
from plumbline.collector.alerting.settings import AlertingSettings
from plumbline.collector.alerting.store.database import AlertStore
from plumbline.collector.alerting.views import queries
from plumbline.collector.events.model import Event
from plumbline.collector.events.store import EventStore
from plumbline.wire.block import NS

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(180)]


class Room:
    """Alerting as the collector runs it, on a clock that can be pushed ahead."""

    def __init__(self, folder: Path, gammu: Gammu) -> None:
        settings = AlertingSettings.model_validate({**TWO_PEOPLE, "gammu": {"spool": gammu.spool}})
        self.path = database(folder)
        self.ahead_ns = 0
        self.events = EventStore(folder / "state" / "events.db")
        self.store = AlertStore(self.path)
        engine = AlertEngine(
            store=self.store,
            events=self.events,
            settings=settings,
            senders=senders_for(settings, folder),
            inbox=GammuInbox(gammu.spool),
            zones={"TWR01": ZoneInfo("Asia/Bangkok")},
        )
        self.runner = AlertRunner(engine, self.events, self.now_ns)
        self.runner.start()

    def now_ns(self) -> int:
        return time.time_ns() + self.ahead_ns

    def push_ahead(self, seconds: float) -> None:
        self.ahead_ns += round(seconds * NS)

    def stop(self) -> None:
        self.runner.stop()
        self.store.close()
        self.events.close()

    def states(self) -> list[tuple[str, str, str]]:
        sent = reversed(queries.notifications(self.path))
        return [(one.person, one.purpose.value, one.state.value) for one in sent]


@pytest.fixture
def gammu(tmp_path: Path) -> Iterator[Gammu]:
    daemon = Gammu(tmp_path / "gammu")
    daemon.start()
    yield daemon
    daemon.stop()


@pytest.fixture
def room(tmp_path: Path, gammu: Gammu) -> Iterator[Room]:
    made = Room(tmp_path / "data", gammu)
    yield made
    made.stop()


@pytest.fixture
def quake(tmp_path: Path) -> Event:
    with Story(tmp_path / "story") as story:
        return story.event(onset_ns=START_NS)


def sent_texts(gammu: Gammu) -> list[tuple[str, str]]:
    """Return (number, text) of what the daemon sent."""
    found = []
    for path in gammu.sent():
        number = re.search(r"_(\+\d+)_n\d+a\d+\.txt$", path.name)
        assert number, path.name
        found.append((number[1], path.read_bytes().decode("utf-16")))
    return found


def test_a_crossing_reaches_two_people_and_a_typed_answer_stops_it(
    room: Room, gammu: Gammu, quake: Event, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room.events.save(quake)
    wait_until(lambda: room.states() == [("Somchai", "alarm", "sent")], timeout_s=60)
    room.push_ahead(121)
    wait_until(lambda: ("Mali", "alarm", "sent") in room.states(), timeout_s=60)
    code = queries.open_incidents(room.path, room.now_ns())[0].incident.code
    thai, english = sent_texts(gammu)
    assert thai == (
        "+66812345678",
        f"แดง TWR01 {code} แรงสั่นสะเทือน 12.3 gal เกณฑ์ 8 gal (โครงการ)\n"
        "28/03 13:20:31 +07:00 จุด 0A 3A\n"
        "หยุดงาน ต้องตรวจสอบโครงสร้าง\n"
        f"ตอบ {code}",
    )
    assert english == (
        "+66898765432",
        f"RED TWR01 {code} shaking 12.3 gal, limit 8 gal (project)\n"
        "2025-03-28 13:20:31 +07:00, at 0A 3A\n"
        "STOP WORK. Inspect before going on\n"
        f"Reply {code}",
    )
    log = gammu.log_text()
    assert "Found 2 sms" in log, "the daemon cut the Thai text into two segments"
    assert "Found 1 sms" in log, "the English one is a single GSM-7 message"
    assert main(["alerts", "ack", code, "--by", "Mali", "--data", str(tmp_path / "data")]) == 0
    assert "nobody is called about it any more" in capsys.readouterr().out
    room.push_ahead(3600)
    time.sleep(2)
    assert len(room.states()) == 2
    assert len(gammu.sent()) == 2


def test_an_answer_by_sms_in_thai_digits_stops_the_second_call(
    room: Room, gammu: Gammu, quake: Event
) -> None:
    room.events.save(quake)
    wait_until(lambda: room.states() == [("Somchai", "alarm", "sent")], timeout_s=60)
    code = queries.open_incidents(room.path, room.now_ns())[0].incident.code
    thai = code.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    gammu.receive("+66812345678", f"รับทราบ {thai}")
    wait_until(lambda: ("Somchai", "reply", "sent") in room.states(), timeout_s=60)
    (shown,) = queries.open_incidents(room.path, room.now_ns())
    assert shown.incident.answered_by == "Somchai"
    assert f"{code} Somchai รับทราบแล้ว" in sent_texts(gammu)[-1][1]
    room.push_ahead(3600)
    time.sleep(2)
    assert [person for person, _, _ in room.states()] == ["Somchai", "Somchai"]


def test_a_daemon_that_died_and_came_back_sends_it_once(
    room: Room, gammu: Gammu, quake: Event
) -> None:
    gammu.stop()
    room.events.save(quake)
    wait_until(lambda: room.states() == [("Somchai", "alarm", "submitted")])
    gammu.start()
    wait_until(lambda: room.states() == [("Somchai", "alarm", "sent")], timeout_s=60)
    assert len(gammu.sent()) == 1
    assert gammu.log_text().count("New message to send") == 1
