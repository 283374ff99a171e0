"""Plain columns: rate from the caller, from a time column or from an ``n dt`` line."""

import numpy as np
import pytest

from plumbline.records import Unit, read_records
from plumbline.records.errors import DamagedRecord, UnknownFormat

ROWS = np.column_stack([np.arange(40) / 50, np.arange(40.0), -np.arange(40.0), np.ones(40)])


def written(tmp_path, form="{:.3f} {:.3f} {:.3f} {:.3f}", head="", rows=ROWS):
    path = tmp_path / "motion.txt"
    path.write_text(head + "".join(form.format(*row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(
    "form",
    ["{:10.4f}{:10.4f} {:10.4f} {:10.4f}", "{:.3f},{:.3f},{:.3f},{:.3f},", "{};{};{};{}",
     "{}\t{}\t{}\t{}"],
)  # fmt: skip
@pytest.mark.parametrize("head", ["", "# a remark\n", "Time (s),X (m/s2),Y,Z\n\n"])
def test_any_usual_table_is_read(form, head, tmp_path):
    path = written(tmp_path, form, head)
    x, y, z = read_records([path], columns=["t", "NS", "EW", "UD"], unit=Unit.MS2)
    assert x.rate_hz == y.rate_hz == 50
    np.testing.assert_allclose(x.values, ROWS[:, 1], atol=1e-3)
    assert (x.orientation.azimuth_deg, y.orientation.azimuth_deg) == (0, 90)
    assert z.orientation.vertical
    assert (x.station, x.unit) == ("motion", Unit.MS2)


def test_columns_may_be_skipped_and_the_rest_left_unnamed(tmp_path):
    (record,) = read_records([written(tmp_path)], columns=["_", "a"], rate_hz=200)
    assert (record.channel, record.rate_hz, record.unit) == ("A", 200, Unit.UNSTATED)


def test_a_count_and_an_interval_above_one_column_give_the_rate(tmp_path):
    path = tmp_path / "eq.txt"
    path.write_text("test-motion\n3 0.0100\n1.0e-1\n2.0\n-3\n")
    (record,) = read_records([path], columns=["a"])
    assert (record.rate_hz, record.values.tolist()) == (100, [0.1, 2.0, -3.0])


def test_without_any_rate_there_is_no_record(tmp_path):
    with pytest.raises(UnknownFormat, match="--rate"):
        read_records([written(tmp_path)], columns=["_", "a"])


def test_a_gap_in_the_time_column_is_not_passed_over(tmp_path):
    rows = ROWS.copy()
    rows[20:, 0] += 3.0
    with pytest.raises(UnknownFormat, match="after 0.38 s"):
        read_records([written(tmp_path, rows=rows)], columns=["t", "a"])


@pytest.mark.parametrize(("line", "words"), [("1 2", "2 numbers where 3"), ("x y z", "not numb")])
def test_a_bad_line_is_named(line, words, tmp_path):
    path = tmp_path / "bad.txt"
    path.write_text(f"1 2 3\n4 5 6\n{line}\n")
    with pytest.raises(DamagedRecord, match=words) as caught:
        read_records([path], columns=["a", "b", "c"], rate_hz=100)
    assert caught.value.line == 3


def test_a_missing_value_is_said_to_be_missing_and_where(tmp_path):
    path = tmp_path / "holes.txt"
    path.write_text("1 2 3\n4 nan 6\n7 8 9\n")
    with pytest.raises(UnknownFormat, match="column B holds no number in 1 of 3 rows.* row 2"):
        read_records([path], columns=["a", "b", "c"], rate_hz=100)


def test_a_missing_value_in_a_skipped_column_is_nobodys_business(tmp_path):
    path = tmp_path / "holes.txt"
    path.write_text("1 2 3\n4 nan 6\n7 8 9\n")
    a, c = read_records([path], columns=["a", "_", "c"], rate_hz=100)
    np.testing.assert_array_equal(a.values, [1, 4, 7])
    np.testing.assert_array_equal(c.values, [3, 6, 9])
