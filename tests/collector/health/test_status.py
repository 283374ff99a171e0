"""``plumbline status`` says of every channel and stage how it is."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.programs import free_port
from shaken_page import Page

from plumbline.cli import main
from plumbline.collector.serving.web.server import WebServer
from plumbline.commands.status import COLUMNS, lines


@pytest.fixture
def page(tmp_path: Path) -> Page:
    made = Page(tmp_path)
    works = {"behind_bytes": 12, "restarts": 0, "error": None}
    made.health["stages"] = {"archive": works, "series": {**works, "error": "no InfluxDB"}}
    return made


@pytest.fixture
def server(page: Page) -> Iterator[WebServer]:
    started = page.serve()
    yield started
    started.stop()


def test_every_column_stands_under_its_head(
    server: WebServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--url", server.url]) == 0
    head, *table = capsys.readouterr().out.splitlines()
    rows = [row for row in table if row.startswith("XX.") and "never heard" not in row]
    assert len(rows) == 9
    assert head.startswith("channel ")
    edge = len("XX.TWR01.0A.HNZ ")
    for column in COLUMNS:
        assert head[edge : edge + column.width].strip() == column.head
        for row in rows:
            cell = row[edge : edge + column.width]
            assert cell.strip()
            assert cell == cell.strip().rjust(column.width), "no cell runs into another"
        edge += column.width


def test_the_numbers_are_those_of_the_channels(
    server: WebServer, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["status", "--url", server.url])
    out = capsys.readouterr().out
    roof = next(line for line in out.splitlines() if line.startswith("XX.TWR01.3A.HNN"))
    _, age, latency, gaps, missing, noise, unit, times, clock, quality = roof.split()
    assert (age, latency, gaps, missing) == ("0.8", "0.20", "0", "0.0")
    assert (unit, clock, quality) == ("m/s2", "0.20", "100")
    assert float(noise) == pytest.approx(0.4 / 2**0.5, rel=0.02), "a sine of 0.4 m/s2"
    assert float(times) == pytest.approx(float(noise) / 0.0022, rel=0.01)


def test_stages_and_problems_are_told_and_set_the_exit_code(
    page: Page, server: WebServer, capsys: pytest.CaptureFixture[str]
) -> None:
    page.health["ok"] = False
    page.health["problems"] = ["the broker is not connected"]
    assert main(["status", "--url", server.url]) == 1
    out = capsys.readouterr().out.splitlines()
    assert "stage archive            12 bytes behind  0 restarts  works" in out
    assert any(line.startswith("stage series") and line.endswith("no InfluxDB") for line in out)
    assert out[-1] == "! the broker is not connected"


def test_flat_and_clipped_are_marked() -> None:
    channel = {
        "channel": "XX.TWR01.3A.HNZ", "unit": "m/s2", "age_s": 0.1, "latency_s": 0.2,
        "gaps": 12345, "missing_s": 7.0, "rms": 0.0, "floor": None, "clock_error_ms": 0.2,
        "time_quality": 50,
        "flat": True, "clipped": True,
    }  # fmt: skip
    state = {"channels": [channel], "unheard": ["XX.TWR01.0A.LA"], "stages": {}, "problems": []}
    _, row, unheard, *_ = lines(state)
    assert row.endswith("50  flat  clipped")
    assert " - " in row, "no floor is stated"
    assert unheard == "XX.TWR01.0A.LA    never heard"


def test_json_is_the_whole_state(server: WebServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--url", server.url, "--json"]) == 0
    state = json.loads(capsys.readouterr().out)
    assert len(state["channels"]) == 9
    assert state["unheard"] == []


def test_a_password_is_asked_for_and_given(
    page: Page, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = page.serve(password="hunter2")
    (tmp_path / "password").write_text("hunter2\n")
    assert main(["status", "--url", server.url]) == 2
    assert "give --password-file" in capsys.readouterr().err
    given = ["--password-file", str(tmp_path / "password")]
    assert main(["status", "--url", server.url, *given]) == 0
    server.stop()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--url", f"http://127.0.0.1:{free_port()}"], "no collector answers at"),
        (["--password-file", "nowhere"], "--password-file nowhere: No such file"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", *words]) == 2
    error = capsys.readouterr().err
    assert complaint in error
    assert error.count("\n") == 1


def test_another_server_is_not_taken_for_a_collector(
    server: WebServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--url", server.url + "elsewhere"]) == 2
    assert "not as a collector's page does" in capsys.readouterr().err
