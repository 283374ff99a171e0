"""``plumbline trend``: what it reads, what it says, what it draws."""

import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from where import shared_data

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "analysis"))

from beam_year import beam_year
from slow_series import failing

from plumbline.cli import main
from plumbline.records.tables.time_numbers import TimeUnit
from plumbline.research.trend import TableError, read_time_series

START = np.datetime64("2025-03-01T00:00:00")


def table(path: Path, header: str, time_d: np.ndarray, *columns: np.ndarray) -> Path:
    stamps = START + (time_d * 86_400).round().astype("timedelta64[s]")
    rows = [
        ",".join([f"{stamp}Z", *(f"{value:.4f}" for value in values)])
        for stamp, *values in zip(stamps, *columns, strict=True)
    ]
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def asked(capsys, *words: str) -> dict:
    assert main(["trend", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_nivels_lines_are_all_read_and_what_is_out_of_range_is_left_out(capsys):
    log = shared_data("nivel-footbridge-tilt") / "data.log"
    found = asked(capsys, str(log))
    assert (found["lines"], found["parsed"]) == (4021, 4021)
    x, y = found["channels"]
    assert x["out_of_range"] == y["out_of_range"] == 5
    assert x["readings"] == 4016
    assert not x["steps"]["steps"]
    assert not y["steps"]["steps"]
    assert y["change"]["size"] == pytest.approx(0.42, abs=0.03)
    assert y["temperature"]["correlation_of_levels"] < -0.9
    assert y["temperature"]["high_c"] - y["temperature"]["low_c"] > 2.0
    assert any("shorter than 7 days" in remark for remark in y["remarks"])
    assert y["forecast"] is None


def test_the_bridges_load_test_is_read_from_its_zip(capsys):
    folder = shared_data("munich-bridge-load-test")
    found = asked(
        capsys,
        str(folder / "UniBw_2022-04-11_ref_support_load_01AllM100Hz.csv.zip"),
        "--columns",
        "FRC-01",
    )
    (force,) = found["channels"]
    assert force["unit"] == "kN"
    assert [s["time_s"] for s in force["steps"]["steps"]] == pytest.approx(
        [110, 230, 367, 496], abs=3
    )
    assert len(force["steps"]["transients"]) == 3
    assert any("through 4 steps" in remark for remark in force["remarks"])


def test_a_beams_year_is_compensated_watched_and_its_quake_reported(tmp_path, capsys):
    year = beam_year(4)
    file = table(
        tmp_path / "beam.csv",
        "time,tilt [urad],temperature [degC]",
        year.time_d,
        year.tilt_urad,
        year.temp_c,
    )
    quake = str(START + np.timedelta64(round(year.quake_d * 86_400), "s")) + "Z"
    found = asked(capsys, str(file), "--event", quake, "--channels", "50")
    (tilt,) = found["channels"]
    assert found["temperature"] == "temperature"
    assert tilt["thermal_model"]["per_c"] == pytest.approx(15.0, rel=0.05)
    assert tilt["offsets"][0]["size"] == pytest.approx(30.0, abs=10.0)
    assert tilt["offsets"][0]["moved"]
    (alarm,) = tilt["rate_watch"]["alarms"]
    settles = START + np.timedelta64(200, "D")
    day = np.datetime64(alarm["day"][:19])
    assert settles < day <= settles + np.timedelta64(21, "D")
    assert abs(tilt["compensated_trend"]["rate_per_d"]) < abs(tilt["trend"]["rate_per_d"])


def test_an_accelerating_series_gets_a_window_in_words_and_in_a_picture(tmp_path, capsys):
    file = table(tmp_path / "slide.csv", "time,moved [mm]", *failing(3, 15.0))
    picture = tmp_path / "slide.png"
    assert main(["trend", str(file), "--plot", str(picture)]) == 0
    words = capsys.readouterr().out
    assert "failure window   2025-03-" in words
    assert "re-forecast" in words
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_words_name_what_does_not_apply(tmp_path, capsys):
    time = np.arange(0, 20, 1 / 24)
    noise = np.random.default_rng(1).normal(0, 1, time.size)
    file = table(tmp_path / "quiet.csv", "time,x", time, noise)
    assert main(["trend", str(file)]) == 0
    words = capsys.readouterr().out
    assert "no failure forecast:" in words
    assert "no rate watch: fewer than 30 days" in words
    assert "Mann-Kendall p" in words


def test_levels_of_years_are_a_slow_series_too(tmp_path, capsys):
    file = tmp_path / "bm.csv"
    rows = [f"{1990 + i},{-1.5 * i + 0.1 * (-1) ** i}" for i in range(12)]
    file.write_text("\n".join(["year,level [cm]", *rows]), encoding="utf-8")
    (level,) = asked(capsys, str(file))["channels"]
    assert level["trend"]["rate_per_yr"] == pytest.approx(-1.5, abs=0.05)
    assert level["steps"] is None


@pytest.mark.parametrize(
    "text",
    [
        "Time;Neigung [mrad];Temperatur [degC]\n"
        + "\n".join(
            f"01.02.2025 {h:02d}:{m:02d}:00;0,{h};1,5" for h in range(10) for m in range(0, 60, 10)
        ),
        "# a logger's comment\ntime\ta\n" + "\n".join(f"{1.7e9 + i}\t{i}" for i in range(60)),
        "t_s,a,note\n" + "\n".join(f"{i},{i},fine" for i in range(60)),
    ],
)
def test_tables_as_loggers_write_them_are_read(tmp_path, text):
    file = tmp_path / "table.csv"
    file.write_text(text, encoding="utf-8")
    found = read_time_series(file)
    assert found.parsed == found.lines == 60
    assert np.all(np.diff(found.time_s) > 0)
    assert "note" not in found.columns


def test_rows_out_of_order_and_readings_out_of_range_are_put_right(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text("time,a,b\n2,5,1\n1,9.999,2\n0,4,3\n3,,4\n", encoding="utf-8")
    found = read_time_series(file, out_of_range=9.999, time_unit=TimeUnit.DAYS)
    assert found.time_s.tolist() == [0.0, 86_400.0, 172_800.0, 259_200.0]
    assert found.out_of_range == {"a": 1, "b": 0}
    np.testing.assert_array_equal(found.columns["a"], [4.0, np.nan, 5.0, np.nan])


def test_a_nivel_across_midnight_goes_on(tmp_path):
    file = tmp_path / "n.log"
    file.write_text(
        "1 23:59:59 X:+0.060 Y:+0.036 T:+11.7.\n2 00:00:01 X:+0.061 Y:+9.999 T: +9.9..\n",
        encoding="utf-8",
    )
    found = read_time_series(file)
    assert np.diff(found.time_s).tolist() == [2.0]
    assert np.isnan(found.columns["X"][1])
    assert found.columns["T"].tolist() == [11.7, 9.9]


@pytest.mark.parametrize(
    ("content", "words", "complaint"),
    [
        ("", [], "empty"),
        ("just text\n", [], "no table"),
        ("when,a\nsoon,1\nlater,2\n", [], "not a time"),
        ("time,a\n0,1\n1,2\n2,3\n", [], "readings; 5 are needed"),
        ("time,a\n0,1\n1,2\n2,3\n", ["--columns", "b"], "no column 'b'"),
        ("time,a\n0,1\n1,2\n2,3\n", ["--time", "b"], "no column 'b'"),
        ("time,a\n0,1\n1,2\n2,3\n", ["--event", "2025-01-01"], "seconds of its own"),
        ("time,a\n0,1\n1,2\n2,3\n", ["--commissioning", "1"], "FROM..TO"),
    ],
)
def test_what_the_user_can_mend_is_one_line(tmp_path, capsys, content, words, complaint):
    file = tmp_path / "table.csv"
    file.write_text(content, encoding="utf-8")
    assert main(["trend", str(file), *words]) == 2
    error = capsys.readouterr().err
    assert complaint in error
    assert error.count("\n") == 1


def test_a_missing_file_and_a_zip_of_many_say_what_to_do(tmp_path):
    with pytest.raises(TableError, match="No such file"):
        read_time_series(tmp_path / "none.csv")
    many = tmp_path / "many.zip"
    with zipfile.ZipFile(many, "w") as archive:
        archive.writestr("a.csv", "x")
        archive.writestr("b.csv", "y")
    with pytest.raises(TableError, match="give the one to read"):
        read_time_series(many)
