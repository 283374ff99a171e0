"""Nothing written and unreached: every module from an entry point, all of analysis from a user."""

import pytest
from house_names import RoomNames
from house_source import House
from where import REPO

AWAITED = {
    "analysis.settlement.differential.cell_level_mm": "the driver of the hydrostatic cell",
    "analysis.settlement.differential.cell_settlement_mm": "the driver of the hydrostatic cell",
    "analysis.settlement.differential.thermal_error_mm": "the driver of the hydrostatic cell",
}
"""Science of an instrument whose driver is still to come, and what will use it."""


@pytest.fixture(scope="module")
def house() -> House:
    return House(REPO)


def test_every_module_is_reached_from_an_entry_point(house: House) -> None:
    assert house.unreached() == []


def test_every_function_and_class_of_analysis_is_used_outside_of_the_tests(house: House) -> None:
    assert set(RoomNames(house, "analysis").unused()) == AWAITED.keys()


def test_a_name_that_a_package_hands_on_is_used_only_where_somebody_uses_it(tmp_path) -> None:
    """A small house: one function is used through its package, one is handed on in vain."""
    room = tmp_path / "analysis" / "tilt"
    for path, text in {
        tmp_path / "plumbline" / "cli.py": "import importlib\nCOMMANDS = {'a': 'plumbline.a'}\n",
        tmp_path / "plumbline" / "a.py": "from plumbline.analysis.tilt import used\nused()\n",
        tmp_path / "analysis" / "__init__.py": "",
        room / "__init__.py": (
            "from plumbline.analysis.tilt.one import used\n"
            "from plumbline.analysis.tilt.two import vain\n__all__ = ['used', 'vain']\n"
        ),
        room / "one.py": "def used(): return _below()\ndef _below(): return deep()\n"
        "def deep(): pass\ndef alone(): return other()\ndef other(): return alone()\n",
        room / "two.py": "def vain(): pass\n",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    small = House(tmp_path)
    assert small.unreached() == ["analysis.tilt.two"]
    assert RoomNames(small, "analysis").unused() == [
        "analysis.tilt.one.alone",
        "analysis.tilt.one.other",
        "analysis.tilt.two.vain",
    ]
