"""A push makes what is missing, and a second one changes nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from places import inventory_text
from servers.grafana import TOKEN, StrictGrafana

from plumbline.cli import main
from plumbline.dashboards.datasource import InfluxSource
from plumbline.dashboards.panels import DrawnLimit
from plumbline.dashboards.push import Grafana, PushFailed, PushOutcome, Secrets
from plumbline.dashboards.structure import structure_dashboard

SOURCE = InfluxSource(
    name="plumbline", url="http://127.0.0.1:8086", database="plumbline", token="t0ken"
)
BOARD = structure_dashboard("XX", "TWR01", "Tower One", "plumbline")


@pytest.fixture
def grafana() -> Iterator[StrictGrafana]:
    server = StrictGrafana()
    yield server
    server.stop()
    assert server.strange == []


@pytest.fixture
def client(grafana: StrictGrafana) -> Iterator[Grafana]:
    client = Grafana(grafana.url, TOKEN)
    yield client
    client.close()


def test_a_second_push_changes_nothing(grafana: StrictGrafana, client: Grafana) -> None:
    source = SOURCE.body()
    first = [client.push_datasource(source, secrets=Secrets.ONCE), client.push_dashboard(BOARD)]
    writes = list(grafana.writes)
    second = [client.push_datasource(source, secrets=Secrets.ONCE), client.push_dashboard(BOARD)]
    assert [push.outcome for push in first] == [PushOutcome.CREATED] * 2
    assert [push.outcome for push in second] == [PushOutcome.UNCHANGED] * 2
    assert grafana.writes == writes


def test_a_new_limit_updates_the_same_dashboard(grafana: StrictGrafana, client: Grafana) -> None:
    client.push_dashboard(BOARD)
    limited = structure_dashboard(
        "XX",
        "TWR01",
        "Tower One",
        "plumbline",
        tilt_limits=[DrawnLimit(value=200.0, colour="red", text="project")],
    )
    assert client.push_dashboard(limited).outcome is PushOutcome.UPDATED
    assert list(grafana.boards) == ["plumbline-xx-twr01"]
    assert grafana.boards["plumbline-xx-twr01"]["version"] == 2


def test_a_data_source_is_updated_by_its_uid_and_keeps_its_secrets(
    grafana: StrictGrafana, client: Grafana
) -> None:
    client.push_datasource(SOURCE.body(), secrets=Secrets.ONCE)
    grafana.sources["plumbline"]["uid"] = "made-by-hand"
    moved = {**SOURCE.body(), "url": "http://influx:8086"}
    assert client.push_datasource(moved, secrets=Secrets.ONCE).outcome is PushOutcome.UPDATED
    assert grafana.sources["plumbline"]["url"] == "http://influx:8086"
    assert grafana.sources["plumbline"]["uid"] == "plumbline"
    assert grafana.sources["plumbline"]["secureJsonData"] == {"httpHeaderValue1": "Token t0ken"}
    assert client.push_datasource(moved, secrets=Secrets.ONCE).outcome is PushOutcome.UNCHANGED


def test_a_new_secret_is_sent_when_asked_to(grafana: StrictGrafana, client: Grafana) -> None:
    client.push_datasource(SOURCE.body(), secrets=Secrets.ONCE)
    renewed = {**SOURCE.body(), "secureJsonData": {"httpHeaderValue1": "Token new"}}
    assert client.push_datasource(renewed, secrets=Secrets.AGAIN).outcome is PushOutcome.UPDATED
    assert grafana.sources["plumbline"]["secureJsonData"] == {"httpHeaderValue1": "Token new"}


def test_a_wrong_token_says_which_token_to_give(grafana: StrictGrafana) -> None:
    stranger = Grafana(grafana.url, "wrong")
    with pytest.raises(PushFailed, match="token of a service account"):
        stranger.push_dashboard(BOARD)
    stranger.close()


def test_a_grafana_that_is_not_there_says_so() -> None:
    client = Grafana("http://127.0.0.1:9", TOKEN)
    with pytest.raises(PushFailed, match="not reachable"):
        client.push_dashboard(BOARD)
    client.close()


def test_the_command_pushes_and_says_what_changed(
    grafana: StrictGrafana, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "inventory.toml").write_text(inventory_text())
    (tmp_path / "token").write_text(TOKEN)
    words = ["dashboards", "push", "--inventory", str(tmp_path / "inventory.toml")]
    words += ["--grafana", grafana.url, "--token-file", str(tmp_path / "token")]
    words += ["--influx", "http://127.0.0.1:8086"]
    assert main(words) == 0
    assert main(words) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed == [
        "data source plumbline: created",
        "dashboard Tower One: created",
        "data source plumbline: unchanged",
        "dashboard Tower One: unchanged",
    ]
