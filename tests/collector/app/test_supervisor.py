"""The supervisor: deaths that repeat end it, so does a wrong configuration; alerting is missed."""

import sys
import threading
import time
from pathlib import Path

import pytest

from plumbline.collector.alerting.settings import AlertingSettings
from plumbline.collector.app import supervisor
from plumbline.collector.app.last_resort import call_everybody
from plumbline.collector.app.supervisor import CONFIG_WRONG, DIES_AGAIN, ProcessSupervisor
from plumbline.collector.health.board import HealthBoard

LIVES = [sys.executable, "-c", "import time; time.sleep(600)"]
DIES = [sys.executable, "-c", "import sys; sys.exit(9)"]
WRONG = [sys.executable, "-c", f"import sys; sys.exit({CONFIG_WRONG})"]


def made(data: Path, commands: dict[str, list[str]], called: list[str]) -> ProcessSupervisor:
    return ProcessSupervisor(data, commands, now_ns=time.time_ns, call_first=called.append)


@pytest.mark.logs_errors
def test_deaths_that_repeat_end_the_collector_with_a_code_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_S", 0.05)
    assert made(tmp_path, {"intake": LIVES, "jobs": DIES}, []).run() == DIES_AGAIN


@pytest.mark.logs_errors
def test_where_alerting_does_not_start_people_are_called_without_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_S", 0.05)
    called: list[str] = []
    assert made(tmp_path, {"intake": LIVES, "alerting": DIES}, called).run() == DIES_AGAIN
    (text,) = called
    assert "nobody is called" in text


def test_a_wrong_configuration_ends_it_at_once(tmp_path: Path) -> None:
    assert made(tmp_path, {"intake": LIVES, "serving": WRONG}, []).run() == CONFIG_WRONG


@pytest.mark.logs_errors
def test_a_death_stands_on_the_health_board_with_what_it_means(tmp_path: Path) -> None:
    one = made(tmp_path, {"detection": DIES}, [])
    running = threading.Thread(target=one.run)
    running.start()
    board = HealthBoard(tmp_path / "state" / "health.db")
    until = time.monotonic() + 10
    found: list[str] = []
    while not found and time.monotonic() < until:
        reports = board.latest("conditions").values()
        found = [row["text"] for report in reports for row in report.body["open"]]
        time.sleep(0.05)
    one.stop()
    running.join(20)
    board.close()
    assert "the detection process of the collector died (exit code 9)" in found[0]
    assert "nothing is judged" in found[0]


@pytest.mark.logs_errors
def test_everybody_gets_one_message_in_their_language_by_the_first_sender(tmp_path: Path) -> None:
    people = [
        {"name": name, "phone": f"+6681000000{n}", "language": language}
        for n, (name, language) in enumerate((("Chai", "th"), ("Ann", "en"), ("Kenji", "ja")))
    ]
    settings = AlertingSettings.model_validate({"person": people})
    assert call_everybody(settings, tmp_path) == 3
    texts = [path.read_text(encoding="utf-8") for path in sorted((tmp_path / "outbox").iterdir())]
    assert len(texts) == 3
    assert any("alerting does not start" in text for text in texts)
    assert any("ส่งแจ้งเตือนไม่ได้" in text for text in texts)
    assert any("警報を送れません" in text for text in texts)
