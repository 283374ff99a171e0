"""Sections under their old names are read as before, named with their lines, and never twice."""

from pathlib import Path

import pytest
from places import inventory_text

from plumbline.cli import main
from plumbline.collector.app.section_names import SECTION_NAMES, old_sections
from plumbline.collector.app.settings import CollectorSettings, read_collector
from plumbline.research.replay.config import detect_settings
from plumbline.wire.settings import BadSettings

VALUES = {
    "detect": ("snapshot_s", 77.0),
    "slow": ("hold_after_s", 7.0),
    "series": ("batch_lines", 77),
    "silence": ("link_after_s", 77.0),
    "episodes": ("lead_s", 77.0),
}
TABLES = """
[detect]
quiet_s = 20

[[detect.limit]]
structure = "TWR01"
amber = 20
source = "A"

[slow]
hold_after_s = 7

[[slow.channel]]
structure = "TWR01"
name = "both"
kind = "difference"
of = "0A.LA1"
minus = "0A.LA2"

[[slow.limit]]
structure = "TWR01"
node = "0A"
of = "tilt"
amber = 20
source = "A"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    zeroed = inventory_text().replace(
        'code = "2", azimuth_deg = 120 }',
        'code = "2", azimuth_deg = 120, zero = { value = 0, when = 2026-02-01, who = "S. Chai" } }',
    )
    (tmp_path / "inventory.toml").write_text(zeroed, encoding="utf-8")
    return tmp_path / "collector.toml"


def written(config: Path, text: str) -> Path:
    config.write_text(text, encoding="utf-8")
    return config


def under_new_names(text: str) -> str:
    for old, new in SECTION_NAMES.items():
        text = text.replace(f"[{old}]", f"[{new}]").replace(f"[{old}.", f"[{new}.")
    return text


def test_every_new_name_is_a_section_and_no_old_one_is():
    assert set(SECTION_NAMES.values()) <= set(CollectorSettings.model_fields)
    assert not set(SECTION_NAMES) & set(CollectorSettings.model_fields)
    assert set(VALUES) == set(SECTION_NAMES)


@pytest.mark.parametrize("old", SECTION_NAMES)
def test_a_section_under_its_old_name_is_that_of_the_new_one(config, old):
    key, value = VALUES[old]
    settings, _ = read_collector(written(config, f"[{old}]\n{key} = {value}\n"))
    assert getattr(getattr(settings, SECTION_NAMES[old]), key) == value


def test_tables_under_old_names_are_read_as_under_new_ones(config):
    by_old, _ = read_collector(written(config, TABLES))
    by_new, _ = read_collector(written(config, under_new_names(TABLES)))
    assert by_old == by_new
    assert len(by_old.deformation.limit) == len(by_old.deformation.channel) == 1
    assert len(by_old.detection.limit) == 1


def test_both_names_of_a_section_are_refused_with_their_lines(config):
    written(config, '[slow]\nstep_s = 5\n\n[[deformation.limit]]\nstructure = "TWR01"\n')
    with pytest.raises(BadSettings) as refused:
        read_collector(config)
    assert [str(each) for each in refused.value.problems] == [
        "deformation: [slow] is the old name of [deformation], and the file has both "
        "(lines 1, 4); keep [deformation] only"
    ]


def test_what_is_wrong_under_an_old_name_is_found_where_it_stands(config):
    with pytest.raises(BadSettings, match=r"line 3: slow\.stepp_s: unknown key"):
        read_collector(written(config, "\n[slow]\nstepp_s = 5\n"))
    with pytest.raises(BadSettings, match=r" slow\.limit\[0\]: no tiltmeter at node '9Z'"):
        read_collector(written(config, TABLES.replace('node = "0A"', 'node = "9Z"')))
    with pytest.raises(BadSettings, match=r" deformation\.limit\[0\]: no tiltmeter"):
        read_collector(
            written(config, under_new_names(TABLES).replace('node = "0A"', 'node = "9Z"'))
        )


def test_check_names_the_new_word_and_where_the_old_one_stands(config, capsys):
    assert main(["collector", "check", str(written(config, TABLES))]) == 0
    out = capsys.readouterr().out
    assert "note: [detect] (lines 2, 5) is now called [detection]; the old name" in out
    assert "note: [slow] (lines 10, 13, 20) is now called [deformation]; the old name" in out
    assert main(["collector", "check", str(written(config, under_new_names(TABLES)))]) == 0
    assert "note:" not in capsys.readouterr().out
    assert old_sections(config) == []


def test_a_replay_reads_the_detectors_under_either_name(config):
    for name in ("detect", "detection"):
        assert detect_settings(written(config, f"[{name}]\nlong_gal = 2.0\n")).long_gal == 2.0
