"""The inventory says everything that is wrong with it, at once, with the line."""

from pathlib import Path

import numpy as np
import pytest
from pydantic import model_validator

from plumbline.wire.block import Block
from plumbline.wire.inventory import read_inventory
from plumbline.wire.inventory.lookup import places
from plumbline.wire.settings import BadSettings, Settings, read_settings

GOOD = """
[network]
code = "XX"

[[structure]]
code = "TWR01"
name = "Tower"
latitude = 13.75
longitude = 100.5
timezone = "Asia/Bangkok"

[[structure.stage]]
since = 2026-01-01
floors_cast = 12

[[structure.node]]
code = "0A"
name = "raft, corner A"
role = "ground"

[[structure.node.instrument]]
stream = "HN"
model = "adxl355_node"
rate_hz = 100
unit = "m/s2"
sensitivity = 2000.0
axes = [
  { code = "Z", azimuth_deg = 0, dip_deg = -90 },
  { code = "N", azimuth_deg = 2 },
  { code = "E", azimuth_deg = 92, polarity = -1 },
]

[[structure.node.instrument]]
stream = "LA"
model = "lily"
rate_hz = 1
unit = "urad"
sensitivity = 1000
baseline_m = 12
temperature_partner = "LK"
axes = [
  { code = "1", azimuth_deg = 30, zero = { value = 12.5, when = 2026-02-01, who = "S. Chai" } },
]

[[structure.node.instrument]]
stream = "LK"
model = "lily"
rate_hz = 1
unit = "degC"
sensitivity = 100
axes = [{ code = "I", azimuth_deg = 0 }]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "inventory.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_inventory_is_read(tmp_path: Path) -> None:
    inventory = read_inventory(written(tmp_path, GOOD))
    assert sorted(places(inventory)) == ["XX.TWR01.0A.HN", "XX.TWR01.0A.LA", "XX.TWR01.0A.LK"]
    (zero,) = inventory.structure[0].node[0].instrument[1].axes[0].zero
    assert zero.who == "S. Chai"


def test_counts_become_units_with_polarity_and_sensitivity(tmp_path: Path) -> None:
    place = places(read_inventory(written(tmp_path, GOOD)))["XX.TWR01.0A.HN"]
    block = Block(
        stream=place.stream, boot=1, seq=0, start_ns=0, rate_hz=100.0,
        counts=np.array([[2000], [4000], [6000]], dtype=np.int32),
        clock_error_ns=0, time_quality=100,
    )  # fmt: skip
    np.testing.assert_allclose(place.physical(block)[:, 0], [1.0, 2.0, -3.0])


BROKEN = {
    "unknown key": ('name = "Tower"', 'name = "Tower"\nheigth_m = 3', r"heigth_m.*height_m"),
    "missing key": ("latitude = 13.75\n", "", "latitude: missing"),
    "code too long": ('code = "TWR01"', 'code = "TOWER1"', "1 to 5 capital letters"),
    "north off true": ("azimuth_deg = 2 }", "azimuth_deg = 20 }", "within 5 degrees"),
    "time zone": ("Asia/Bangkok", "Asia/Bankok", "time zone"),
    "partner": ('partner = "LK"', 'partner = "LX"', "no stream 'LX'"),
    "axes twice": ('code = "E"', 'code = "N"', "used 2 times|within 5"),
    "negative sensitivity": (
        "sensitivity = 2000.0",
        "sensitivity = -1",
        "expected greater than 0|greater than 0",
    ),
    "zero polarity": ("polarity = -1", "polarity = 0", "1 or -1"),
    "not TOML": ('code = "XX"', "code = XX", "line 3"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_named_with_what_was_expected(tmp_path: Path, case: str) -> None:
    old, new, expected = BROKEN[case]
    assert old in GOOD
    with pytest.raises(BadSettings, match=expected):
        read_inventory(written(tmp_path, GOOD.replace(old, new, 1)))


def test_all_problems_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    text = GOOD.replace("latitude = 13.75", "latitude = 113.75").replace(
        'role = "ground"', 'role = "gruond"'
    )
    with pytest.raises(BadSettings) as refusal:
        read_inventory(written(tmp_path, text))
    lines = [problem.line for problem in refusal.value.problems]
    assert len(lines) == 2
    source = text.splitlines()
    assert [source[line - 1].split(" =")[0] for line in lines if line] == ["latitude", "role"]


class Pair(Settings):
    """Two numbers that must differ: checked as a whole."""

    low: int
    high: int

    @model_validator(mode="after")
    def _differ(self) -> "Pair":
        if self.low >= self.high:
            raise ValueError("low must be below high")
        return self


def test_what_is_wrong_with_a_file_as_a_whole_needs_no_line(tmp_path: Path) -> None:
    path = tmp_path / "pair.toml"
    path.write_text("low = 3\nhigh = 2\n")
    with pytest.raises(BadSettings, match="low must be below high"):
        read_settings(path, Pair)


def test_a_file_that_is_not_there_is_one_clear_problem(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be read"):
        read_inventory(tmp_path / "nowhere.toml")
