"""What the heading of a column says of a slow table is believed, and what was guessed is told."""

import json

import numpy as np
import pytest

from plumbline.cli import main
from plumbline.research.trend import TableError, read_time_series

DAYS = np.arange(0.0, 60.0)
START_S = 1_735_713_000  # 2025-01-01T06:30:00Z
START_D = START_S / 86_400


def table(tmp_path, heading, times, *more, comma=False):
    file = tmp_path / "table.csv"
    rows = [f"{time};{level}" for time, level in zip(times, DAYS / 10, strict=True)]
    text = "\n".join([f"{heading};x_mm", *rows, *more])
    file.write_text(text.replace(".", ",") if comma else text, encoding="utf-8")
    return file


ELAPSED = {
    "time_d": 1, "day": 1, "days": 1, "Time [days]": 1, "Elapsed time (d)": 1, "day number": 1,
    "hours": 24, "time (h)": 24, "time_min": 1440, "t_s": 86_400, "time_ms": 86_400e3,
    "weeks": 1 / 7, "time (yr)": 1 / 365.25, "เวลา (วัน)": 1,
}  # fmt: skip


@pytest.mark.parametrize(("heading", "a_day"), ELAPSED.items(), ids=ELAPSED)
def test_a_unit_in_the_heading_of_the_times_is_believed(tmp_path, heading, a_day):
    found = read_time_series(table(tmp_path, heading, (DAYS * a_day).tolist()))
    np.testing.assert_allclose(found.time_s, DAYS * 86_400, rtol=1e-12)
    assert not found.utc


COUNTS = {
    "seconds": ("timestamp", lambda days: (START_S + days * 86_400).astype(int)),
    "milliseconds": ("timestamp", lambda days: ((START_S + days * 86_400) * 1e3).astype(int)),
    "microseconds": ("time", lambda days: ((START_S + days * 86_400) * 1e6).astype(int)),
    "nanoseconds": ("time_ns", lambda days: (START_S + days * 86_400).astype(int) * 10**9),
    "spreadsheet": ("Date", lambda days: days + START_D + 25_569),
    "spreadsheet, undated": ("time", lambda days: days + START_D + 25_569),
    "modified Julian": ("MJD", lambda days: days + START_D + 40_587),
    "Julian": ("JD", lambda days: days + START_D + 2_440_587.5),
}


@pytest.mark.parametrize(("heading", "count"), COUNTS.values(), ids=COUNTS)
@pytest.mark.parametrize("comma", [False, True], ids=["point", "comma"])
def test_every_usual_count_of_time_is_a_date(tmp_path, heading, count, comma):
    found = read_time_series(table(tmp_path, heading, count(DAYS).tolist(), comma=comma))
    assert found.utc
    # A Julian day in double precision is good to 40 microseconds.
    np.testing.assert_allclose(found.time_s, START_S + DAYS * 86_400, atol=1e-3)


def test_a_clock_is_in_the_zone_of_its_heading(tmp_path):
    stamps = [f"2025-01-{day:02} 07:00" for day in range(1, 31)]
    file = tmp_path / "table.csv"
    for heading, hour in (("Time (UTC+7)", 0), ("Time (ICT)", 0), ("time", 7)):
        rows = [f"{stamp},{day}" for day, stamp in enumerate(stamps)]
        file.write_text("\n".join([f"{heading},x", *rows]), encoding="utf-8")
        found = read_time_series(file)
        assert found.time_s[0] == 1_735_689_600 + hour * 3600
        assert any("UTC" in note for note in found.notes)


def test_a_zone_written_as_a_word_is_a_zone(tmp_path):
    rows = [f"2025-01-{day:02} 06:30:00 UTC,{day}" for day in range(1, 31)]
    file = tmp_path / "table.csv"
    file.write_text("\n".join(["time,x", *rows]), encoding="utf-8")
    found = read_time_series(file)
    assert (found.time_s[0], found.notes) == (START_S, ())


def test_thai_dates_are_read_with_their_months_by_name_and_two_digit_years(tmp_path):
    named = [f"{day} ม.ค. 2568" for day in range(1, 31)]
    short = [f"{day:02}/01/68" for day in range(1, 31)]
    for stamps in (named, short):
        rows = [f"{stamp},{day}" for day, stamp in enumerate(stamps)]
        file = tmp_path / "table.csv"
        file.write_text("\n".join(["วันที่,x", *rows]), encoding="utf-8")
        found = read_time_series(file)
        assert found.time_s[0] == 1_735_689_600
        assert any("Buddhist" in note for note in found.notes)


@pytest.mark.parametrize(
    "heading", ["AirTemp", "T_air [°C]", "temperature_degC", "อุณหภูมิ", "Temp_Avg", "t_C"]
)
def test_a_temperature_is_known_by_the_names_loggers_give_it(tmp_path, heading):
    rows = [f"{day},{day / 10},{20 + day % 7}" for day in range(60)]
    file = tmp_path / "table.csv"
    file.write_text("\n".join([f"days,tilt (urad),{heading}", *rows]), encoding="utf-8")
    found = read_time_series(file)
    assert found.temperature == heading.partition(" [")[0]


def test_a_logger_s_own_temperature_gives_way_to_that_of_the_air(tmp_path):
    rows = [f"{day},{day / 10},30,{20 + day % 7}" for day in range(60)]
    file = tmp_path / "table.csv"
    file.write_text("\n".join(["days,tilt,batt_temp,air_temp", *rows]), encoding="utf-8")
    assert read_time_series(file).temperature == "air_temp"


def test_the_last_word_of_a_name_is_its_unit(tmp_path):
    rows = [f"{day},1,2,3,4" for day in range(60)]
    file = tmp_path / "table.csv"
    heads = "days,settlement_mm,tilt X urad,point_A,x (mrad)"
    file.write_text("\n".join([heads, *rows]), encoding="utf-8")
    units = read_time_series(file).units
    assert list(units.values()) == ["mm", "urad", "", "mrad"]


def test_lines_and_cells_that_could_not_be_read_are_told(tmp_path):
    days = [f"2025-01-{day:02}" for day in range(1, 31)]
    days[3] = "2025-02-30"
    found = read_time_series(table_of_days(tmp_path, days, "2025-01-31;1;2", "2025-02-01;1..2"))
    notes = " | ".join(found.notes)
    assert "not 2 columns wide: 1 (line 32)" in notes
    assert "no time that can be read: 1 ('2025-02-30')" in notes
    assert "x_mm: cells that are no number: 1 ('1..2')" in notes


def table_of_days(tmp_path, days, *more):
    file = tmp_path / "table.csv"
    rows = [f"{day};{level}" for level, day in enumerate(days)]
    file.write_text("\n".join(["date;x_mm", *rows, *more]), encoding="utf-8")
    return file


def test_times_that_stand_twice_are_told(tmp_path):
    days = [f"2025-01-{day:02}" for day in range(1, 31)]
    found = read_time_series(table_of_days(tmp_path, [*days, days[4]]))
    assert any("at the time of another, all used: 1" in note for note in found.notes)


def test_dates_that_could_be_either_way_round_say_how_they_were_taken(tmp_path):
    days = [f"01/{month:02}/2025" for month in range(1, 13)]
    found = read_time_series(table_of_days(tmp_path, days))
    assert any("day first" in note for note in found.notes)


def test_a_table_without_a_time_is_refused_not_guessed(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text("a_mm,b_mm\n3,1\n1,2\n2,3\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"table\.csv: no column of times.*--time"):
        read_time_series(file)


def test_a_poor_column_does_not_cost_the_good_ones_their_answer(tmp_path, capsys):
    rows = [f"{day},{day / 10},{day if day < 3 else ''}" for day in range(60)]
    file = tmp_path / "table.csv"
    file.write_text("\n".join(["days,good,poor", *rows]), encoding="utf-8")
    assert main(["trend", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["channel"] for each in told["channels"]] == ["good"]
    assert "not assessed: poor: only 3 readings; 5 are needed" in told["notes"]


def test_a_stuck_instrument_is_called_one(tmp_path, capsys):
    rows = [f"{day},3.1" for day in range(60)]
    file = tmp_path / "table.csv"
    file.write_text("\n".join(["days,x", *rows]), encoding="utf-8")
    assert main(["trend", str(file)]) == 0
    assert "stuck" in capsys.readouterr().out
