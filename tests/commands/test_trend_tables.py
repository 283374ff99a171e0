"""Tables of slow readings as people hand them over are read, and what was guessed is said."""

import csv
import datetime as dt

import numpy as np
import pytest
from where import shared_data

from plumbline.cli import main
from plumbline.research.trend import TableError, read_time_series

FIRST = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)
MOMENTS = [FIRST + dt.timedelta(hours=7 * i) for i in range(60)]
LEVELS = [round(0.25 * i - 3, 2) for i in range(60)]


def lines(form, head, *, comma=False, sep=",", before=()):
    rows = [
        moment.strftime(form).replace("BUDDHA", str(moment.year + 543))
        + sep
        + (f"{level}".replace(".", ",") if comma else f"{level}")
        for moment, level in zip(MOMENTS, LEVELS, strict=True)
    ]
    return "\n".join([*before, head, *rows])


TOA5 = (
    '"TOA5","CR1000","CR1000","1234","CR1000.Std.27","CPU:x.CR1","12","Table1"',
    '"TIMESTAMP","Tilt_X"',
    '"TS","urad"',
)

WRITTEN = {
    "decimal commas": lines("%d.%m.%Y %H:%M", "Datum;Setzung [mm]", comma=True, sep=";"),
    "windows lines": lines("%Y-%m-%d %H:%M", "date,x").replace("\n", "\r\n"),
    "date and clock": lines("%d/%m/%Y\t%H:%M:%S", "Date\tTime\tTilt X (mrad)", sep="\t"),
    "month first": lines("%m/%d/%Y %H:%M", "Timestamp,value"),
    "month first, half a day": lines("%m/%d/%Y %I:%M:%S %p", "Timestamp,value"),
    "month by name": lines("%d-%b-%Y %H:%M", "date,level (cm)"),
    "two-digit years": lines("%d.%m.%y %H:%M", "date,level"),
    "Thai years": lines("%d/%m/BUDDHA %H:%M", "date,level"),
    "Thai years as ISO": lines("BUDDHA-%m-%d %H:%M", "วันที่,การทรุดตัว (มม.)"),
    "a logger's header": lines('"%Y-%m-%d %H:%M:%S"', '"","Avg"', before=TOA5),
    "a title above": lines("%Y-%m-%d %H:%M", "Time;x", sep=";", before=("Project: Bridge 7", "")),
    "a spreadsheet's mark": lines("%Y-%m-%d %H:%M", "Zeit;Wert", sep=";", before=("sep=;",)),
    "no header": lines("%Y-%m-%d %H:%M", "").strip(),
    "blanks": lines("%Y-%m-%dT%H:%M", "time  x", sep="   "),
    "digits alone": lines("%Y%m%d%H%M", "when,x"),
    "quoted decimal commas": lines('"%Y-%m-%d %H:%M"', '"Date","v"', comma=True).replace(
        '",', '","'
    ).replace("\n", '"\n').replace('"v""', '"v"') + '"',
}  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_every_reading_is_read_at_its_own_time(tmp_path, text):
    file = tmp_path / "table.csv"
    file.write_text(text, encoding="utf-8-sig")
    found = read_time_series(file)
    assert found.parsed == found.lines == 60
    np.testing.assert_allclose(found.time_s, [moment.timestamp() for moment in MOMENTS])
    (values,) = found.columns.values()
    np.testing.assert_array_equal(values, LEVELS)


def test_what_was_understood_otherwise_than_written_is_said(tmp_path, capsys):
    file = tmp_path / "table.csv"
    file.write_text(WRITTEN["Thai years"], encoding="utf-8")
    assert main(["trend", str(file)]) == 0
    assert "Buddhist calendar, 543 taken off" in capsys.readouterr().out


def test_a_leap_day_of_the_thai_calendar_is_read(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text("date,x\n28/02/2567,1\n29/02/2567,2\n01/03/2567,3\n", encoding="utf-8")
    assert np.diff(read_time_series(file).time_s).tolist() == [86_400.0, 86_400.0]


def test_codes_for_no_reading_are_no_readings(tmp_path):
    rows = [f"{i},{-9999 if i % 7 == 0 else 0.1 * i},{9990 + i}" for i in range(40)]
    file = tmp_path / "table.csv"
    file.write_text("\n".join(["t_s,a,b", *rows]), encoding="utf-8")
    found = read_time_series(file)
    assert np.count_nonzero(np.isnan(found.columns["a"])) == 6
    assert found.notes == ("a: 6 times -9999 taken for no reading",)
    assert np.all(np.isfinite(found.columns["b"]))  # 9999 is one of its readings


def test_points_named_in_a_column_are_channels_of_their_own(tmp_path):
    rows = [f"{p},2025-01-{d:02d},{10 * k + d}" for d in range(1, 21) for k, p in enumerate("AB")]
    file = tmp_path / "table.csv"
    file.write_text("\n".join(["point,date,level [mm]", *rows]), encoding="utf-8")
    found = read_time_series(file)
    assert list(found.columns) == ["A", "B"]
    assert found.columns["B"].tolist() == [10.0 + day for day in range(1, 21)]
    assert found.units == {"A": "mm", "B": "mm"}


def test_a_row_a_point_under_its_epochs_is_turned(tmp_path):
    file = tmp_path / "wide.csv"
    file.write_text("BMCode,1978,1978_5,1980\nBM 1,0.0,-1.5,-4\nBM,,0.0,-2\n", encoding="utf-8")
    found = read_time_series(file)
    assert (np.diff(found.time_s) / 86_400 / 365.25).tolist() == [0.5, 1.5]
    assert found.columns["BM 1"].tolist() == [0.0, -1.5, -4.0]
    assert np.isnan(found.columns["BM"][0])


def test_a_level_of_zero_after_another_is_a_placeholder(tmp_path):
    file = tmp_path / "wide.csv"
    file.write_text("BMCode,1978,1979,1980,1981\nBM 1,0.0,-1.5,0.0,-4\n", encoding="utf-8")
    found = read_time_series(file)
    np.testing.assert_array_equal(found.columns["BM 1"], [0.0, -1.5, np.nan, -4.0])
    assert found.notes == ("1 levels of 0 after another are placeholders, left out: BM 1",)


def test_the_bangkok_levels_are_read_without_their_placeholders():
    file = shared_data("bangkok-levelling") / "levelling_cm.csv"
    zeros = 0
    for row in csv.reader(file.read_text(encoding="utf-8").splitlines()[1:]):
        levels = [float(word) for word in row[1:] if word]
        moved = next((i for i, level in enumerate(levels) if level), len(levels))
        zeros += levels[moved:].count(0.0)
    assert read_time_series(file).notes[0].startswith(f"{zeros} levels of 0 after another")


def test_rates_beside_more_words_than_numbers_are_a_table(tmp_path):
    file = tmp_path / "rates.csv"
    rows = [f"PD 17,LCBKK003,PD17,{year},{year - 1990}" for year in range(1990, 1999)]
    rows += [f"PD 23,LCBKK004,PD23,{year},1" for year in range(1990, 1999)]
    file.write_text("\n".join(["BMCode,sheet,column,year,rate", *rows]), encoding="utf-8")
    found = read_time_series(file)
    assert found.columns["PD 17"].tolist() == list(range(9))


def test_a_spreadsheets_dates_are_dates(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text("date,x\n45717.25,1\n45718.25,2\n45719.25,3\n", encoding="utf-8")
    assert read_time_series(file).time_s[0] == dt.datetime(2025, 3, 1, 6, tzinfo=dt.UTC).timestamp()


def test_a_line_counter_is_no_channel(tmp_path):
    file = tmp_path / "table.csv"
    rows = [f"{i},2025-01-{i:02d},{i * i}" for i in range(1, 9)]
    file.write_text("\n".join(["RECORD,date,x", *rows]), encoding="utf-8")
    found = read_time_series(file)
    assert list(found.columns) == ["x"]
    assert "RECORD" in found.notes[0]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (bytes(range(256)), "not a text file; export the readings as CSV"),
        (b"PK\x03\x04broken", "a damaged zip"),
    ],
)
def test_what_is_no_text_says_what_to_do(tmp_path, content, complaint):
    file = tmp_path / "table.csv"
    file.write_bytes(content)
    with pytest.raises(TableError, match=complaint):
        read_time_series(file)


def test_hundreds_of_channels_are_not_assessed_unasked(tmp_path, capsys):
    file = tmp_path / "wide.csv"
    rows = [f"P{k}," + ",".join(str(k * j) for j in range(8)) for k in range(40)]
    file.write_text("\n".join(["point," + ",".join(map(str, range(2001, 2009))), *rows]))
    assert main(["trend", str(file)]) == 2
    assert "40 channels; choose some with --columns" in capsys.readouterr().err
    assert main(["trend", str(file), "--columns", "P3"]) == 0
    assert "+3" in capsys.readouterr().out
