"""Zeros and stages hold from their day on, and what contradicts itself is told at once."""

import datetime as dt
import math
from pathlib import Path

import pytest
from places import inventory_text

from plumbline.wire.inventory import (
    Inventory,
    begins_ns,
    read_inventory,
    stage_at,
    zero_at,
)
from plumbline.wire.inventory.lookup import Place, places
from plumbline.wire.settings import BadSettings

ONE = 'zero = { value = 12.5, when = 2026-02-01, who = "S. Chai" }'
TWO = (
    'zero = [ { value = 12.5, when = 2026-02-01, who = "S. Chai" },'
    ' { value = -3.0, when = 2026-03-10T09:30:00+07:00, who = "P. Wong" } ]'
)
STAGES = """
[[structure.stage]]
since = 2026-01-01
floors_cast = 4

[[structure.stage]]
since = 2026-03-01
floors_cast = 9

[[structure.stage]]
since = 2026-06-01
floors_cast = 12
complete = true
"""


def read(folder: Path, zero: str = TWO, stages: str = STAGES, storeys: str = "") -> Inventory:
    text = inventory_text().replace(ONE, zero)
    first = text.index("\n[[structure.node]]")
    path = folder / "inventory.toml"
    path.write_text(text[:first] + storeys + stages + text[first:], encoding="utf-8")
    return read_inventory(path)


def lily(inventory: Inventory) -> Place:
    return places(inventory)["XX.TWR01.0A.LA"]


def at(text: str) -> int:
    return round(dt.datetime.fromisoformat(text).timestamp()) * 1_000_000_000


def test_a_date_begins_at_midnight_of_the_site() -> None:
    # Bangkok is seven hours ahead of UTC all the year
    assert begins_ns(dt.date(2026, 3, 1), "Asia/Bangkok") == at("2026-02-28T17:00:00+00:00")
    assert begins_ns(dt.date(2026, 3, 1), "UTC") == at("2026-03-01T00:00:00+00:00")


def test_a_time_without_a_zone_is_of_the_site_and_one_with_a_zone_is_not() -> None:
    plain = dt.datetime(2026, 3, 1, 9, 30)  # noqa: DTZ001 - as TOML reads a local time
    assert begins_ns(plain, "Asia/Bangkok") == at("2026-03-01T02:30:00+00:00")
    aware = plain.replace(tzinfo=dt.UTC)
    assert begins_ns(aware, "Asia/Bangkok") == at("2026-03-01T09:30:00+00:00")


@pytest.mark.parametrize(
    ("when", "value"),
    [
        ("2026-01-15T00:00:00+07:00", 12.5),  # before the first: told from the first
        ("2026-02-01T00:00:00+07:00", 12.5),
        ("2026-03-10T09:29:59+07:00", 12.5),
        ("2026-03-10T09:30:00+07:00", -3.0),
        ("2026-12-31T00:00:00+07:00", -3.0),
    ],
)
def test_each_zero_holds_from_when_it_was_read(tmp_path: Path, when: str, value: float) -> None:
    place = lily(read(tmp_path))
    first, second = place.zeros(at(when))
    assert first == value
    assert math.isnan(second)  # axis 2 has none
    assert zero_at(place.instrument.axes[1], "Asia/Bangkok", at(when)) is None


def test_one_zero_needs_no_list(tmp_path: Path) -> None:
    (zero,) = lily(read(tmp_path, zero=ONE)).instrument.axes[0].zero
    assert (zero.value, zero.when, zero.who) == (12.5, dt.date(2026, 2, 1), "S. Chai")


@pytest.mark.parametrize(
    ("when", "floors"),
    [
        ("2025-12-31T23:59:59+07:00", None),
        ("2026-01-01T00:00:00+07:00", 4),
        ("2026-02-28T23:59:59+07:00", 4),
        ("2026-03-01T00:00:00+07:00", 9),
        ("2030-01-01T00:00:00+07:00", 12),
    ],
)
def test_the_stage_is_the_last_that_has_begun(
    tmp_path: Path, when: str, floors: int | None
) -> None:
    stage = stage_at(read(tmp_path).structure[0], at(when))
    assert (None if stage is None else stage.floors_cast) == floors


CONTRADICTIONS = {
    "floors taken away": ({"stages": STAGES.replace("= 9", "= 3")}, "floors are not taken away"),
    "more floors than storeys": ({"storeys": "storeys = 10\n"}, "12 floors cast of 10 storeys"),
    "two stages on a day": ({"stages": STAGES.replace("03-01", "01-01")}, "another stage begins"),
    "stages out of order": (
        {"stages": STAGES.replace("2026-03", "2025-03")},
        "in the order of their dates",
    ),
    "zero before the first stage": (
        {"zero": ONE.replace("2026-02", "2025-12")},
        r"zero\[0\]: read on 2025-12-01, before the first construction stage \(2026-01-01\)",
    ),
    "zeros out of order": ({"zero": TWO.replace("2026-03", "2026-01")}, "order they were read"),
    "nobody read it": ({"zero": TWO.replace("P. Wong", "")}, "who"),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_what_contradicts_itself_is_named(tmp_path: Path, case: str) -> None:
    given, expected = CONTRADICTIONS[case]
    with pytest.raises(BadSettings, match=expected):
        read(tmp_path, **given)


def test_contradictions_of_stages_and_zeros_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refusal:
        read(
            tmp_path,
            zero=TWO.replace("2026-03", "2026-01").replace("2026-02", "2025-02"),
            stages=STAGES.replace("= 9", "= 3"),
            storeys="storeys = 10\n",
        )
    text = str(refusal.value)
    for expected in ("taken away", "12 floors cast of 10", "before the first construction stage"):
        assert expected in text
