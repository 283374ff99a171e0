"""``plumbline modes``: one structure in, its modes out, whoever wrote the file."""

import json
import re

import numpy as np
import pytest
from shear_frame import frequencies_hz, response
from where import shared_data

from plumbline.cli import main

RATE_HZ = 50.0


def run(capsys, *words):
    code = main(["modes", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def report(capsys, *words):
    code, out, err = run(capsys, *words, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def near(found, frequency_hz):
    return min(found["modes"], key=lambda m: abs(m["frequency_hz"] - frequency_hz))


@pytest.fixture(scope="module")
def ambient():
    return response(4, 1.2, 0.015, RATE_HZ, 300, np.random.default_rng(8), noise=0.05)


def write_csv(path, columns):
    np.savetxt(
        path,
        np.column_stack(list(columns.values())),
        delimiter=",",
        header=",".join(columns),
        comments="",
        fmt="%.6e",
    )
    return path


def test_a_csv_with_a_rate_and_columns(tmp_path, capsys, ambient):
    columns = {"packet": np.arange(ambient.shape[1])}
    columns |= {f"floor{k}": row for k, row in enumerate(ambient, 1)}
    path = write_csv(tmp_path / "tower.csv", columns)
    found = report(capsys, path, "--rate", 50, "--columns", "floor1,floor2,floor3,floor4")
    assert len(found["channels"]) == 4
    for f in frequencies_hz(4, 1.2):
        assert near(found, f)["frequency_hz"] == pytest.approx(f, rel=0.005)
    assert found["driven_by"] == []
    assert any("broad-band noise" in note for note in found["notes"])


def test_the_first_guess_stands_beside_the_lowest_mode(tmp_path, capsys, ambient):
    columns = {f"floor{k}": row for k, row in enumerate(ambient, 1)}
    path = write_csv(tmp_path / "tower.csv", columns)
    words = (path, "--rate", 50, "--columns", ",".join(columns))
    assert report(capsys, *words)["expected"] is None
    expected = report(capsys, *words, "--height", 60, "--width", 15, "--storeys", 18)["expected"]
    # ISO 4866 Annex D: 60 m, 15 m, 18 storeys.
    assert [round(guess["frequency_hz"], 2) for guess in expected["guesses"]] == [
        0.77, 0.56, 0.76, 0.66, 1.03,
    ]  # fmt: skip
    assert expected["guesses"][0]["low_hz"] == pytest.approx(0.383, abs=1e-3)
    assert expected["lowest_found_hz"] == pytest.approx(frequencies_hz(4, 1.2)[0], rel=0.005)
    assert expected["lowest_inside"] is False
    assert report(capsys, *words, "--storeys", 8)["expected"]["lowest_inside"] is True
    _, out, _ = run(capsys, *words, "--storeys", 8)
    assert "expected before measuring: 1.25 Hz (10 / n), between 0.625 and 1.88 Hz" in out
    assert re.search(r"lowest mode found: 1\.20?\d Hz, inside", out)


def test_a_sidecar_says_what_the_options_would(tmp_path, capsys, ambient):
    time_s = np.arange(ambient.shape[1]) / RATE_HZ
    rows = dict(zip(("a", "b", "c", "d"), ambient, strict=True))
    path = write_csv(tmp_path / "tower.csv", {"time": time_s, **rows, "broken": 0 * time_s})
    (tmp_path / "tower.toml").write_text(
        'units = "m/s2"\ncolumns = ["time", "a", "b", "c", "d", "broken"]\n'
        'exclude = ["broken"]\n[places]\nd = "roof"\na = "1st floor"\n'
        "[azimuths_deg]\na = 90\nb = 90\nc = 90\nd = 90\n"
    )
    found = report(capsys, path)
    assert found["rate_hz"] == 50
    assert [c["level"] for c in found["channels"]] == ["level 1", "b", "c", "roof"]
    assert near(found, 1.2)["kind"] == "EW"


def test_numpy_files_are_tables_too(tmp_path, capsys, ambient):
    path = tmp_path / "tower.npy"
    np.save(path, ambient.T)
    found = report(capsys, path, "--rate", 50, "--exclude", "0")
    assert [c["channel"] for c in found["channels"]] == ["1", "2", "3"]
    assert near(found, 1.2)["frequency_hz"] == pytest.approx(1.2, rel=0.005)


def test_the_base_is_known_by_its_name_and_drives(tmp_path, capsys):
    floors, base = response(
        3, 1.5, 0.02, RATE_HZ, 90, np.random.default_rng(3), base=True, noise=0.01
    )
    paths = []
    named = zip(("ground_floor", "1st_floor", "2nd_floor", "roof"), [base, *floors], strict=True)
    for name, row in named:
        paths.append(
            write_csv(tmp_path / f"quake_{name}.csv", {"n": np.arange(row.size), "X": row})
        )
    found = report(capsys, *paths, "--rate", 50, "--columns", "X")
    assert found["driven_by"] == ["quake_ground_floor X"]
    assert found["modes"][0]["frequency_hz"] == pytest.approx(1.5, rel=0.005)
    roof = found["transfer"][0]
    assert roof["level"] == "roof"
    assert roof["peaks"][0]["frequency_hz"] == pytest.approx(1.5, abs=0.05)
    blind = report(capsys, *paths, "--rate", 50, "--columns", "X", "--base", "none")
    assert blind["driven_by"] == []
    assert len(blind["channels"]) == 4


def test_what_it_prints_for_reading(tmp_path, capsys, ambient):
    path = tmp_path / "tower.npy"
    np.save(path, ambient.T)
    code, out, _ = run(capsys, path, "--rate", 50)
    assert code == 0
    assert "damping %" in out
    assert "1.2" in out


def test_the_picture_is_a_picture(tmp_path, capsys, ambient):
    path, picture = tmp_path / "tower.npy", tmp_path / "modes.png"
    np.save(path, ambient.T)
    run(capsys, path, "--rate", 50, "--plot", picture)
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["tower.npy"], "give --rate"),
        (["gone.csv"], "no such file"),
        (["tower.npy", "--rate", "50", "--columns", "7"], "numbered from 0"),
        (["tower.npy", "--rate", "50", "--base", "moon"], "fits no channel"),
        (["tower.npy", "--rate", "50", "--band", "3", "2"], "LOW < HIGH"),
        (["tower.npy", "--rate", "50", "--exclude", "roof"], "no such channel"),
        (["tower.csv", "--columns", "Acc_Q"], "it has time, Acc_X"),
        (["words.csv"], "no line of numbers"),
        (["short.npy", "--rate", "50"], "too short"),
    ],
)
def test_what_can_be_mended_is_said_in_one_line(tmp_path, capsys, ambient, words, told):
    np.save(tmp_path / "tower.npy", ambient.T)
    np.save(tmp_path / "short.npy", ambient.T[:50])
    write_csv(tmp_path / "tower.csv", {"time": np.arange(9) / 50.0, "Acc_X": np.arange(9)})
    (tmp_path / "words.csv").write_text("a,b\nc,d\n")
    words = [str(tmp_path / w) if w.endswith((".npy", ".csv")) else w for w in words]
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1


def test_the_mast_by_the_default_command(capsys):
    path = shared_data("mast-ambient") / "measurement_1.npy"
    found = report(capsys, path, "--rate", 256, "--exclude", "5")
    seen = [m["frequency_hz"] for m in found["modes"] if 0.5 <= m["frequency_hz"] <= 15]
    published = [1.228, 1.436, 2.1, 4.018, 4.77, 6.682, 7.616, 9.665, 12.166, 12.598, 13.854]
    assert len(seen) <= 14
    assert all(min(abs(f - g) for g in seen) <= 0.03 for f in published)


@pytest.mark.parametrize(("event", "period_s"), [("northridge", 0.273), ("bonus", 0.270)])
@pytest.mark.parametrize("columns", ["Acc_X", "Acc_X,Acc_Y,Acc_Z"])
def test_the_shake_table_by_the_default_command(capsys, event, period_s, columns):
    files = sorted(shared_data("shake-table-flexible3").glob(f"{event}_*.csv"))
    found = report(capsys, *files, "--rate", 120, "--columns", columns)
    assert found["modes"][0]["period_s"] == pytest.approx(period_s, rel=0.01)


def test_atwood_by_the_default_command(capsys):
    files = sorted(shared_data("atwood-2018-anchorage").glob("*.V1c"))
    found = report(capsys, *files)
    assert found["driven_by"] == ["01.HNE", "02.HNN"]
    assert {"channel": "D0.HNN", "why": "free field, not the structure"} in found["left_out"]
    for direction, wanted in (("EW", 0.375), ("NS", 0.45)):
        (first, *_) = [
            t["peaks"]
            for t in found["transfer"]
            if (t["level"], t["direction"]) == ("roof", direction)
        ]
        highest = max(first, key=lambda p: p["gain"] * p["coherence"])
        assert highest["frequency_hz"] == pytest.approx(wanted, abs=0.015)
    (roof,) = [d for d in found["differences"] if d["level"] == "roof"]
    lowest = roof["peaks"][0]
    assert lowest["frequency_hz"] == pytest.approx(0.43, abs=0.015)
    assert lowest["twist"] == "coupled"
    assert not any(m["kind"] == "torsional" and m["frequency_hz"] < 1 for m in found["modes"])


def test_a_short_ambient_record_and_a_lone_channel_say_what_they_lack(tmp_path, capsys, ambient):
    lone = write_csv(tmp_path / "lone.csv", {"floor4": ambient[3, : int(60 * RATE_HZ)]})
    notes = " | ".join(report(capsys, lone, "--rate", RATE_HZ)["notes"])
    assert "cycles of its lowest mode" in notes
    assert "one channel has no shapes" in notes
