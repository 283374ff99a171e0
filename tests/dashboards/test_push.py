"""A push makes what is missing, and a second one changes nothing."""

import json
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
        "dashboard Tower One (TWR01): created",
        "data source plumbline: unchanged",
        "dashboard Tower One (TWR01): unchanged",
    ]


def test_the_database_is_named_for_old_and_new_grafanas() -> None:
    body = SOURCE.body()
    assert (body["database"], body["jsonData"]["dbName"]) == ("plumbline", "plumbline")


def test_a_dashboard_stays_in_the_folder_where_people_put_it(
    grafana: StrictGrafana, client: Grafana
) -> None:
    client.push_dashboard(BOARD)
    grafana.folders["plumbline-xx-twr01"] = "site-office"
    assert client.push_dashboard({**BOARD, "refresh": "9s"}).outcome is PushOutcome.UPDATED
    assert grafana.folders == {"plumbline-xx-twr01": "site-office"}


def test_a_foreign_dashboard_of_the_same_title_is_left_alone(
    grafana: StrictGrafana, client: Grafana
) -> None:
    foreign = {**BOARD, "uid": "made-by-hand", "id": 7, "version": 3}
    grafana.boards["made-by-hand"] = foreign
    with pytest.raises(PushFailed, match="same name exists; nothing was changed"):
        client.push_dashboard(BOARD)
    assert grafana.boards == {"made-by-hand": foreign}


@pytest.mark.parametrize("kind", ["influxdb", "prometheus"])
def test_a_foreign_data_source_of_the_same_name_is_left_alone(
    grafana: StrictGrafana, client: Grafana, kind: str
) -> None:
    foreign = {
        "name": "plumbline", "uid": "made-by-hand", "type": kind, "url": "http://else:1",
        "jsonData": {}, "secureJsonData": {},
    }  # fmt: skip
    grafana.sources["plumbline"] = dict(foreign)
    with pytest.raises(PushFailed, match="did not make.*--datasource"):
        client.push_datasource(SOURCE.body(), secrets=Secrets.AGAIN)
    assert grafana.sources["plumbline"] == foreign


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("http://127.0.0.1:99999", "Port out of range"),
        ("http://127.0.0.1:x", "Port could not be cast"),
        ("http://[::1:3000", "Invalid IPv6"),
    ],
)
def test_an_address_that_cannot_be_used_says_why(url: str, cause: str) -> None:
    with pytest.raises(PushFailed, match=cause):
        Grafana(url, TOKEN)


def test_an_ipv6_address_is_used() -> None:
    client = Grafana("http://[::1]:9", TOKEN)
    with pytest.raises(PushFailed, match="not reachable"):
        client.push_dashboard(BOARD)
    client.close()


def test_titles_hold_the_code_and_shaking_has_its_limits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "inventory.toml").write_text(inventory_text())
    (tmp_path / "collector.toml").write_text(
        'inventory = "inventory.toml"\n[broker]\nport = 1883\n[[detect.limit]]\n'
        'structure = "TWR01"\namber = 1\nred = 20\nsource = "test"\nstanding = "project"\n'
    )
    assert main(["dashboards", "show", "--config", str(tmp_path / "collector.toml")]) == 0
    board = json.loads(capsys.readouterr().out)
    assert board["title"] == "Tower One (TWR01)"
    steps = board["panels"][0]["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [step["value"] for step in steps] == [None, -20, -1, 1, 20]
