"""The JSON is what Grafana 10 and 11 take, and the limits are in it."""

import json
from itertools import combinations
from pathlib import Path

import pytest
from places import inventory_text

from plumbline.cli import main
from plumbline.dashboards.datasource import InfluxSource
from plumbline.dashboards.panels import DrawnLimit, Json
from plumbline.dashboards.structure import structure_dashboard

LIMITS = [
    DrawnLimit(value=300.0, colour="red", text="red 300 µrad: S. Chai (project)"),
    DrawnLimit(value=150.0, colour="orange", text="amber 150 µrad: S. Chai (project)"),
]
BOARD = structure_dashboard("XX", "TWR01", "Tower One", "plumbline", tilt_limits=LIMITS)
CONFIG = """
[influxdb]
url = "http://127.0.0.1:8086"
api = "v1"
database = "tower"
username = "grafana"
password_file = "influx.password"

[[deformation.limit]]
structure = "TWR01"
node = "0A"
of = "tilt"
amber = 150
red = 300
source = "S. Chai 2026-02-01"
standing = "project"

[[deformation.limit]]
structure = "TWR01"
node = "0A"
of = "differential_settlement"
amber = 4
source = "S. Chai 2026-02-01"

[[deformation.limit]]
structure = "TWR01"
node = "0A"
of = "tilt_rate"
red = 5
source = "S. Chai 2026-02-01"
"""


def panel(board: Json, title: str) -> Json:
    return next(panel for panel in board["panels"] if panel["title"].startswith(title))


def steps(board: Json, title: str) -> list[tuple[float | None, str]]:
    thresholds = panel(board, title)["fieldConfig"]["defaults"]["thresholds"]
    assert thresholds["mode"] == "absolute"
    return [(step["value"], step["color"]) for step in thresholds["steps"]]


def test_the_same_input_gives_the_same_json() -> None:
    again = structure_dashboard("XX", "TWR01", "Tower One", "plumbline", tilt_limits=LIMITS)
    assert json.dumps(again) == json.dumps(BOARD)
    assert json.loads(json.dumps(BOARD)) == BOARD


def test_panels_lie_on_the_grid_and_not_on_each_other() -> None:
    places = [panel["gridPos"] for panel in BOARD["panels"]]
    assert all(p["x"] + p["w"] <= 24 for p in places)
    for a, b in combinations(places, 2):
        apart = (
            a["x"] + a["w"] <= b["x"]
            or b["x"] + b["w"] <= a["x"]
            or a["y"] + a["h"] <= b["y"]
            or b["y"] + b["h"] <= a["y"]
        )
        assert apart, (a, b)


def test_panels_and_queries_have_names_of_their_own() -> None:
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert ids == list(range(1, len(ids) + 1))
    for shown in BOARD["panels"]:
        refs = [target["refId"] for target in shown["targets"]]
        assert len(set(refs)) == len(refs)
        assert all(target["datasource"] == shown["datasource"] for target in shown["targets"])


def test_every_query_is_raw_and_of_the_one_data_source() -> None:
    targets = [target for shown in BOARD["panels"] for target in shown["targets"]]
    assert all(target["rawQuery"] is True for target in targets)
    sources = [part["datasource"] for part in (*targets, *BOARD["annotations"]["list"])]
    sources += [variable["datasource"] for variable in BOARD["templating"]["list"]]
    assert {json.dumps(source) for source in sources} == {
        '{"type": "influxdb", "uid": "plumbline"}'
    }


def test_limits_are_lines_on_both_sides_of_zero_each_in_its_colour() -> None:
    assert steps(BOARD, "Tilt") == [
        (None, "green"),
        (-300.0, "red"),
        (-150.0, "orange"),
        (150.0, "orange"),
        (300.0, "red"),
    ]
    custom = panel(BOARD, "Tilt")["fieldConfig"]["defaults"]["custom"]
    assert custom["thresholdsStyle"] == {"mode": "line"}
    assert "S. Chai (project)" in panel(BOARD, "Tilt")["description"]


def test_a_chart_without_limits_draws_none() -> None:
    assert steps(BOARD, "Shaking") == [(None, "green")]
    custom = panel(BOARD, "Shaking")["fieldConfig"]["defaults"]["custom"]
    assert custom["thresholdsStyle"] == {"mode": "off"}


def test_a_hole_in_the_data_is_not_bridged_by_a_line() -> None:
    charts = [shown for shown in BOARD["panels"] if shown["type"] == "timeseries"]
    bridged = {c["title"]: c["fieldConfig"]["defaults"]["custom"]["spanNulls"] for c in charts}
    assert all(0 < ms <= 30_000 for ms in bridged.values()), bridged
    assert all("fill(null)" in t["query"] for c in charts for t in c["targets"])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    zero = 'zero = { value = 12.5, when = 2026-02-01, who = "S. Chai" }'
    text = inventory_text().replace("azimuth_deg = 120", f"azimuth_deg = 120, {zero}")
    (tmp_path / "inventory.toml").write_text(text)
    (tmp_path / "influx.password").write_text("hunter2\n")
    path = tmp_path / "collector.toml"
    path.write_text(CONFIG)
    return path


def test_the_limits_of_the_collector_are_drawn(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dashboards", "show", "--config", str(config), "--tilt-limit", "50:blue"]) == 0
    board = json.loads(capsys.readouterr().out)
    tilts = {value: colour for value, colour in steps(board, "Tilt") if value and value > 0}
    assert tilts == {50.0: "blue", 150.0: "orange", 300.0: "red"}
    settled = {v: colour for v, colour in steps(board, "Differential") if v and v > 0}
    assert settled == {4.0: "orange"}, "a rate is in another unit"
    text = panel(board, "Tilt")["description"]
    assert "red 300 µrad, node 0A: S. Chai 2026-02-01 (project)" in text
    assert "(candidate)" in panel(board, "Differential")["description"]


def test_a_limit_that_is_no_number_is_told(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dashboards", "show", "--config", str(config), "--tilt-limit", "red:50"]) == 2
    assert "expected URAD:COLOUR, as 200:red" in capsys.readouterr().err


def test_secrets_go_apart_and_are_not_printed() -> None:
    source = InfluxSource(
        name="plumbline", url="http://127.0.0.1:8086", database="tower", token="t0ken"
    )
    body = source.body()
    assert "t0ken" not in repr(source)
    assert body.pop("secureJsonData") == {"httpHeaderValue1": "Token t0ken"}
    assert "t0ken" not in json.dumps(body)
    assert body["jsonData"]["version"] == "InfluxQL"
