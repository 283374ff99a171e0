"""`plumbline collector check` finds what `run` cannot do, and says what nobody would miss."""

import sys
from pathlib import Path

import pytest
from places import inventory_text

from plumbline.cli import main
from plumbline.collector.app.processes import command
from plumbline.wire.inventory import read_inventory
from plumbline.wire.settings import BadSettings

LIMIT = """
[[detection.limit]]
structure = "TWR01"
red = 20
source = "test"
"""


def check(folder: Path, text: str) -> int:
    (folder / "inventory.toml").write_text(inventory_text())
    (folder / "collector.toml").write_text(text)
    return main(["collector", "check", str(folder / "collector.toml")])


@pytest.mark.parametrize("data", ["/proc/plumbline", "inventory.toml/data"])
def test_a_data_folder_that_cannot_be_made_is_a_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: str
) -> None:
    assert check(tmp_path, f'data = "{data}"') != 0
    printed = capsys.readouterr()
    assert data in printed.out + printed.err
    assert "good" not in printed.out


def test_a_site_without_a_limit_is_told_and_one_with_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(tmp_path, "") == 0
    assert "no limit is set" in capsys.readouterr().out
    assert check(tmp_path, LIMIT) == 0
    assert "no limit" not in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["collector.toml", "inventory.toml"]


@pytest.mark.parametrize(
    ("written", "wrong", "told"),
    [
        ("axes = [", 'axes = "ZNE" #', r"axes: expected a list, as axes = \[\{ code = "),
        (
            "[[structure.node]]",
            "[structure.node]",
            r"node: expected a list, as node = \[\{ code",
        ),
    ],
)
def test_what_is_no_list_is_told_in_the_words_of_the_file(
    tmp_path: Path, written: str, wrong: str, told: str
) -> None:
    text = """
[network]
code = "XX"
name = "t"
[[structure]]
code = "TWR01"
name = "Tower"
latitude = 13.8
longitude = 100.55
timezone = "Asia/Bangkok"
[[structure.node]]
code = "0A"
name = "ground"
role = "ground"
level = 0
z_m = 0.0
agent = "pi-0a"
[[structure.node.instrument]]
stream = "HN"
model = "adxl355_node"
rate_hz = 100.0
unit = "m/s2"
sensitivity = 26104.7
axes = [{ code = "Z", azimuth = 0.0, dip = -90.0 }]
"""
    if "structure.node" in written:  # the instrument goes with it
        text = text.partition("[[structure.node.instrument]]")[0]
    assert written in text
    path = tmp_path / "inventory.toml"
    path.write_text(text.replace(written, wrong))
    with pytest.raises(BadSettings, match=told) as told_of:
        read_inventory(path)
    assert "tuple" not in str(told_of.value)


def test_processes_are_started_without_the_current_folder_on_their_path() -> None:
    assert command("collector.toml", "intake", verbose=False)[:3] == [sys.executable, "-P", "-m"]
