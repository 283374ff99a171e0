"""``plumbline drift``: floors against the base, with a ratio only where a height is given."""

import json

import numpy as np
import pytest
from where import shared_data

from plumbline.cli import main

RATE_HZ = 50.0
T = np.arange(6000) / RATE_HZ
SWING_M = np.exp(-(((T - 60) / 10) ** 2)) * np.sin(2 * np.pi * 0.5 * T)
SWING_MS2 = np.gradient(np.gradient(SWING_M, 1 / RATE_HZ), 1 / RATE_HZ)


def run(capsys, *words):
    code = main(["drift", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def report(capsys, *words):
    code, out, err = run(capsys, *words, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


@pytest.fixture
def tower(tmp_path):
    ground = 0.3 * np.roll(SWING_MS2, 9)
    columns = {
        "ground floor_X": ground,
        "9th floor_X": ground + 0.05 * SWING_MS2,
        "roof_X": ground + 0.12 * SWING_MS2,
    }
    path = tmp_path / "tower.csv"
    header = ",".join(columns)
    np.savetxt(
        path, np.column_stack(list(columns.values())), delimiter=",", header=header, comments=""
    )
    return path


def test_displacement_of_each_floor(capsys, tower):
    found = report(capsys, tower, "--rate", 50, "--units", "m/s2")
    assert found["reference_level"] == "ground"
    (roof,) = found["roof"]
    assert roof["displacement_cm"] == pytest.approx(12, rel=0.01)
    assert roof["direction"] == "X"
    assert roof["ratio"] is None
    assert found["inspection"]["priority"] == "not applicable"


def test_heights_make_ratios_and_a_class_a_priority(capsys, tower):
    words = ["--rate", 50, "--units", "m/s2", "--height", 40, "--height", "9=30"]
    found = report(capsys, tower, *words, "--class", "C2.H.MC")
    ratio = {(d["upper"], d["lower"]): d["ratio"] for d in found["drifts"]}
    assert ratio["roof", "ground"] == pytest.approx(0.12 / 40, rel=0.01)
    assert ratio["roof", "level 9"] == pytest.approx(0.07 / 10, rel=0.01)
    assert found["inspection"]["priority"] == "yellow"
    assert "safe" in found["inspection"]["meaning"]


def test_a_building_under_construction_gets_no_hazus_priority(capsys, tower):
    words = ["--rate", 50, "--units", "m/s2", "--height", 40, "--class", "C2.H.MC"]
    found = report(capsys, tower, *words, "--stage", "level 12")
    assert found["inspection"]["priority"] == "not applicable"


def test_the_picture_and_the_words(tmp_path, capsys, tower):
    picture = tmp_path / "drift.png"
    code, out, _ = run(capsys, tower, "--rate", 50, "--units", "m/s2", "--plot", picture)
    assert code == 0
    assert "inspection priority" in out
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "give --units"),
        (["--units", "m/s2", "--exclude", "ground floor_X"], "no instrument at the base"),
        (["--units", "m/s2", "--base", "cellar"], "fits no channel"),
        (["--units", "m/s2", "--height", "tall"], "give metres"),
        (["--units", "m/s2", "--height", "7=20"], "no such level"),
        (["--units", "m/s2", "--corner", "40"], "half the rate"),
        (["--units", "m/s2", "--height", "40", "--class", "W1.H.HC"], "there are C1.H.HC"),
    ],
)
def test_what_can_be_mended_is_said_in_one_line(capsys, tower, words, told):
    code, out, err = run(capsys, tower, "--rate", 50, *words)
    assert (code, out) == (2, "")
    assert told in err


def test_atwoods_roof_and_never_its_free_field_as_base(capsys):
    files = sorted(shared_data("atwood-2018-anchorage").glob("*.V1c"))
    found = report(capsys, *files)
    assert found["reference_level"] == "basement"
    assert 0.05 <= found["corner_hz"] <= 0.2
    east = [d["displacement_cm"] for d in found["roof"] if d["direction"] == "EW"]
    north = [d["displacement_cm"] for d in found["roof"] if d["direction"] == "NS"]
    assert east == pytest.approx([23.9], abs=0.7)
    assert north == pytest.approx([11.2, 11.2], abs=0.4)
    assert not any("D0" in d["reference"] for d in found["drifts"])
    without = [f for f in files if f.name.split(".")[-2] not in ("01", "02", "03")]
    code, _, err = run(capsys, *without)
    assert code == 2
    assert "no instrument at the base" in err


def test_berkeleys_turned_axes_are_minded(capsys):
    files = sorted(shared_data("berkeley-2018-np1103").glob("*_a.smc"))
    found = report(capsys, *files)
    # With the basement's polarity ignored the difference would be a sum, nearly twice as large.
    assert max(d["displacement_cm"] for d in found["roof"]) < 0.25


def test_a_dead_base_is_no_base(tmp_path, capsys):
    rows = np.column_stack([np.zeros(T.size), SWING_MS2])
    path = tmp_path / "tower.csv"
    np.savetxt(path, rows, delimiter=",", header="ground,roof", comments="")
    code, _, said = run(capsys, path, "--rate", RATE_HZ, "--units", "m/s2")
    assert code == 2
    assert "no instrument at the base among: roof" in said


def written(tmp_path, roof, unit="m/s2", seconds=60):
    time_s = np.arange(100 * seconds) / 100
    sway = np.exp(-(((time_s - 25) / 8) ** 2)) * np.sin(2.5 * time_s)
    table = np.column_stack([time_s, 0.1 * sway, roof(sway)])
    path = tmp_path / "tower.csv"
    header = f"t,ground X ({unit}),roof X ({unit})"
    np.savetxt(path, table, delimiter=",", header=header, comments="", fmt="%.6e")
    return str(path)


def test_no_drift_is_made_of_a_record_that_ran_against_its_range(tmp_path, capsys):
    path = written(tmp_path, lambda sway: np.clip(sway, -0.2, 0.2))
    assert main(["drift", path, "--height", "60"]) == 2
    assert "clipped, so no drift can come from it: roof X" in capsys.readouterr().err


def test_what_cannot_carry_a_drift_is_refused_in_words(tmp_path, capsys):
    short = written(tmp_path, lambda sway: sway, seconds=2)
    assert main(["drift", short]) == 2
    assert "shorter than one period of the corner" in capsys.readouterr().err
    assert main(["drift", written(tmp_path, lambda sway: sway, unit="mm/s")]) == 2
    error = capsys.readouterr().err
    assert "no channel of acceleration in these files, only of velocity" in error
