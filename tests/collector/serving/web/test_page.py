"""The page says what the collector knows, to people and to programs."""

import json
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from servers.programs import program
from shaken_page import Page, shaking

from plumbline.cli import main
from plumbline.collector.events.model import AlarmLevel
from plumbline.collector.serving.web.server import PageAddressError, WebServer
from plumbline.collector.serving.web.settings import WebSettings


def fetched(url: str, body: dict[str, str] | None = None) -> Any:
    data = json.dumps(body).encode() if body else None
    with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=10) as answer:
        return json.load(answer)


def test_a_quiet_tower_crosses_no_limit(page: Page, url: str) -> None:
    assert fetched(url + "api/now")["structures"][0]["word"] == "not_judged"
    page.levels = [{"structure": "TWR01", "may_page": True}]
    state = fetched(url + "api/now")
    assert state["structures"][0]["word"] == "go"
    assert {age["stream"] for age in state["ages"]} >= {"XX.TWR01.0A.HN", "XX.TWR01.0A.LA"}


def test_a_shaken_tower_says_stop_and_who_was_told(page: Page, url: str) -> None:
    page.events.known = [shaking()]
    state = fetched(url + "api/now")
    assert state["structures"][0]["word"] == "stop"
    assert "23.4 gal" in state["structures"][0]["reasons"][0]
    assert state["alerts"][0]["told"][0]["person"] == "Somchai"


def test_waveforms_are_about_rest_and_come_once(url: str) -> None:
    waves = fetched(url + "api/waves?after=0")["XX.TWR01.3A.HN"]
    assert waves["axes"] == "ZNE"
    assert 35 < max(waves["high"][1][100:]) < 45  # 0.4 m/s2 of sway about its mean
    assert max(waves["high"][0]) < 20  # gravity is taken off
    newest = waves["t"][-1]
    assert fetched(f"{url}api/waves?after={newest}")["XX.TWR01.3A.HN"]["t"] == []


def test_an_answer_needs_the_right_code_and_a_name(page: Page, url: str) -> None:
    for wrong in ({"code": "1", "by": "Mali"}, {"code": "4711", "by": " "}, {"code": "4711"}):
        with pytest.raises(urllib.error.HTTPError) as refusal:
            fetched(url + "api/ack", wrong)
        assert refusal.value.code == 400
        refusal.value.close()
    assert fetched(url + "api/ack", {"code": "4711", "by": "Mali"}) == {"said": "acknowledged"}
    assert page.acknowledged == [("4711", "Mali")]


def test_health_turns_red_for_a_watcher(page: Page, url: str) -> None:
    assert fetched(url + "healthz")["ok"]
    page.health = {"ok": False, "stages": {}, "problems": ["disk is full"]}
    with pytest.raises(urllib.error.HTTPError) as refusal:
        fetched(url + "healthz")
    assert refusal.value.code == 503
    refusal.value.close()


def test_a_password_guards_everything_but_health(page: Page) -> None:
    server = page.serve(password="หมา-secret")
    try:
        assert fetched(server.url + "healthz")["ok"]
        with pytest.raises(urllib.error.HTTPError) as refusal:
            fetched(server.url + "api/now")
        assert refusal.value.code == 401
        refusal.value.close()
    finally:
        server.stop()


@pytest.mark.parametrize("guard", [(), ("password_file",), ("tls_cert", "tls_key")])
def test_another_address_without_password_and_tls_is_refused(
    tmp_path: Path, guard: tuple[str, ...]
) -> None:
    for name in guard:
        (tmp_path / name).touch()
    given = {name: str(tmp_path / name) for name in guard}
    with pytest.raises(ValueError, match="set password_file, tls_cert"):
        WebSettings.model_validate({"host": "0.0.0.0", **given})


def test_a_port_in_use_is_one_clear_message(page: Page) -> None:
    first = page.serve()
    try:
        with pytest.raises(PageAddressError, match="set another"):
            WebServer(page.sources, WebSettings(port=first.port))  # type: ignore[arg-type]
    finally:
        first.stop()


def test_status_lists_every_channel_with_its_noise_in_floors(
    page: Page, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--url", url]) == 0
    text = capsys.readouterr().out
    row = next(line for line in text.splitlines() if line.startswith("XX.TWR01.3A.HNN"))
    assert "m/s2" in row
    assert float(row.split()[7]) > 50  # 0.28 m/s2 rms of sway over a floor of 0.0022


def test_status_of_nobody_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--url", "http://127.0.0.1:9/"]) == 2
    assert "is it running?" in capsys.readouterr().err


@pytest.mark.real
@pytest.mark.parametrize(
    ("language", "word"), [("en", "STOP"), ("th", "หยุดงาน"), ("ja", "作業中止")]
)
def test_a_browser_shows_stop_the_charts_and_who_was_told(
    page: Page, url: str, tmp_path: Path, language: str, word: str
) -> None:
    page.events.known = [shaking(AlarmLevel.BLACK)]
    words = [program("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"]
    words += ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
    words += ["--disable-sync", f"--user-data-dir={tmp_path / 'profile'}", "--timeout=6000"]
    words += ["--virtual-time-budget=6000", "--dump-dom", f"{url}?lang={language}"]
    dom = subprocess.run(words, capture_output=True, text=True, timeout=150, check=True).stdout
    assert f"<strong>{word}</strong>" in dom
    assert dom.count('class="uplot') == 3  # two accelerometers and the tilts
    assert "Somchai" in dom
    assert dom.count("4711</button>") == 1


def test_an_episode_is_told_with_all_its_measures(page: Page, url: str) -> None:
    assert fetched(url + "api/now")["episode"] is None
    page.episodes.known["quake"] = {"event": "quake", "nodes": {"0A": {"rate_hz": 100.0}}}
    assert fetched(url + "api/episodes/quake")["nodes"]["0A"]["rate_hz"] == 100.0
    assert fetched(url + "api/now")["episode"]["event"] == "quake"
    with pytest.raises(urllib.error.HTTPError) as refusal:
        fetched(url + "api/episodes/another")
    assert refusal.value.code == 404
    refusal.value.close()


MOVED = {
    "event": "quake", "structure": "TWR01", "onset_ns": "1782000005000000000",
    "closed_ns": "1782000020000000000", "peak": "23.4 gal", "horizons": ["+2 min", "+24 h"],
    "points": [{"point": "XX.TWR01.0A.LA1", "name": "raft", "unit": "µrad", "answers": [
        {"verdict": "moved", "size": 29.86, "low": 29.6, "high": 30.1, "why": "", "missing_s": 0},
        {"verdict": None, "due_ns": "1782086420000000000"}]}],
    "levelled": [{"point": "P12", "before": "2026-06-01", "after": "2026-06-25",
                  "why": "few levels", "verdict": "cannot be said"}],
}  # fmt: skip


def test_what_a_shaking_moved_is_told_with_its_episode(page: Page, url: str) -> None:
    page.episodes.known["quake"] = {"event": "quake", "nodes": {}}
    page.movements.known["quake"] = MOVED
    assert fetched(url + "api/now")["moved"]["points"][0]["point"] == "XX.TWR01.0A.LA1"
    assert fetched(url + "api/episodes/quake")["moved"] == MOVED


@pytest.mark.real
def test_a_browser_shows_what_moved_and_what_is_due(page: Page, url: str, tmp_path: Path) -> None:
    page.movements.known["quake"] = MOVED
    words = [program("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"]
    words += ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
    words += ["--disable-sync", f"--user-data-dir={tmp_path / 'profile'}", "--timeout=6000"]
    words += ["--virtual-time-budget=6000", "--dump-dom", url]
    dom = subprocess.run(words, capture_output=True, text=True, timeout=150, check=True).stdout
    assert "moved +29.86 ± 0.25 µrad" in dom
    assert "due 22 Jun, 07:00" in dom  # of Bangkok
    assert "few levels" in dom
