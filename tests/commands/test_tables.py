"""Tables as people write them: one frame in many layouts gives one answer, holes are told."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from plumbline.cli import main
from plumbline.errors import CommandError
from plumbline.records import Quantity
from plumbline.records.tables.holes import Holes
from plumbline.research.event.options import channels_of

RATE_HZ = 128.0
ROWS = np.random.default_rng(5).normal(0, 1, (256, 3)).round(4)
TIMES_S = np.arange(256) / RATE_HZ
Layout = Callable[[], str]


def lines(mark: str = ",", head: str = "", times: list[str] | None = None) -> str:
    text = [head.replace(",", mark)] if head else []
    for k, row in enumerate(ROWS):
        fields = [f"{value:.4f}" for value in row]
        text.append(mark.join([times[k], *fields] if times else fields))
    return "\n".join(text) + "\n"


SECONDS = [f"{t:.7f}" for t in TIMES_S]
STAMPS = [str(np.datetime64("2025-03-28T06:20:00") + np.timedelta64(round(t * 1e6), "us"))
          for t in TIMES_S]  # fmt: skip
ROUNDED = [f"{t:.3f}" for t in TIMES_S]  # 7.8125 ms, told to the millisecond

LAYOUTS: dict[str, tuple[str, Layout]] = {
    "comma": ("a.csv", lambda: lines(head="time,ax,ay,az", times=SECONDS)),
    "semicolon": ("a.csv", lambda: lines(";", "time,ax,ay,az", SECONDS)),
    "decimal comma": (
        "a.csv",
        lambda: lines(";", "Time [s],ax,ay,az", SECONDS).replace(".", ","),
    ),
    "tab, text file": ("a.txt", lambda: lines("\t", "t,ax,ay,az", SECONDS)),
    "blanks, no heading": ("a.dat", lambda: lines("  ", "", SECONDS)),
    "line of units": ("a.csv", lambda: "time,ax,ay,az\n" + lines(head="s,g,g,g", times=SECONDS)),
    "comments above": ("a.csv", lambda: "# tower\n#\n" + lines(head="# t,ax,ay,az", times=SECONDS)),
    "mark at the end": (
        "a.csv",
        lambda: lines(head="time,ax,ay,az", times=SECONDS).replace("\n", ",\n"),
    ),
    "lines of Windows, and its mark": (
        "a.csv",
        lambda: "\ufeff" + lines(head="time,ax,ay,az", times=SECONDS).replace("\n", "\r\n"),
    ),
    "milliseconds": (
        "a.csv",
        lambda: lines(head="time_ms,ax,ay,az", times=[f"{1000 * t:.4f}" for t in TIMES_S]),
    ),
    "rounded times": ("a.csv", lambda: lines(head="time,ax,ay,az", times=ROUNDED)),
    "dates": ("a.csv", lambda: lines(head="stamp,ax,ay,az", times=[f"{s}Z" for s in STAMPS])),
    "dates of a zone, quoted": (
        "a.csv",
        lambda: lines(head="when,ax,ay,az", times=[f'"{s}+00:00"' for s in STAMPS]),
    ),
}


def arguments(*words: str, **changed: object) -> argparse.Namespace:
    given = {"rate": None, "columns": None, "exclude": None, "units": "g", "files": list(words)}
    return argparse.Namespace(**(given | changed))


def read(path: Path, holes: Holes = Holes.REFUSED, **changed: object):
    return channels_of(arguments(str(path), **changed), (Quantity.ACCELERATION,), holes)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_samples_and_rate(tmp_path: Path, layout: str) -> None:
    name, text = LAYOUTS[layout]
    path = tmp_path / name
    path.write_bytes(text().encode())
    columns = "t,ax,ay,az" if layout.startswith("blanks") else None
    channels = read(path, columns=columns)
    assert len(channels) == 3
    np.testing.assert_allclose(np.stack([c.raw for c in channels]), ROWS.T, atol=1e-9)
    assert channels[0].rate_hz == pytest.approx(RATE_HZ, rel=2e-3 if "rounded" in layout else 1e-5)
    assert [c.direction for c in channels] == ["X", "Y", "up"]


def test_dates_say_when_the_record_began(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(lines(head="when,ax,ay,az", times=[f"{s}+07:00" for s in STAMPS]))
    assert read(path)[0].start_ns == 1_743_117_600_000_000_000  # 2025-03-27T23:20:00Z


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_a_sidecar_says_what_the_columns_are(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "tower.csv"
    path.write_text(lines(head="a,b,c"))
    described = {"rate_hz": 50, "units": "gal", "exclude": ["b"], "places": {"c": "roof"}}
    text = json.dumps(described)
    if suffix == ".toml":
        text = 'rate_hz = 50\nunits = "gal"\nexclude = ["b"]\n[places]\nc = "roof"\n'
    path.with_suffix(suffix).write_text(text)
    first, last = read(path, units=None)
    assert (first.name, last.name, last.place) == ("a", "c", "roof")
    assert (first.rate_hz, first.unit) == (50.0, "gal")


BROKEN = {
    "not a number": ('{"rate_hz": "fast"}', "could not convert"),
    "no rate": ('{"rate_hz": -1}', "must be a number above 0"),
    "unknown key": ('{"rate": 100}', "unknown rate; known are"),
    "not JSON": ("rate_hz = 100", "not JSON"),
    "no table": ("[1, 2]", "expected keys and values"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_sidecar_is_one_clear_error(tmp_path: Path, case: str) -> None:
    text, expected = BROKEN[case]
    path = tmp_path / "tower.csv"
    path.write_text(lines(head="a,b,c"))
    path.with_suffix(".json").write_text(text)
    with pytest.raises(CommandError, match=expected):
        read(path)


HOLES = {"nan": "NaN", "blank": "", "infinite": "inf", "word for none": "N/A"}


@pytest.mark.parametrize("case", HOLES)
def test_a_cell_that_is_no_number_is_refused_with_its_place(tmp_path: Path, case: str) -> None:
    rows = lines(head="time,ax,ay,az", times=SECONDS).splitlines()
    fields = rows[11].split(",")
    rows[11] = ",".join([*fields[:2], HOLES[case], fields[3]])
    path = tmp_path / "a.csv"
    path.write_text("\n".join(rows))
    with pytest.raises(
        CommandError, match=r"column ay is no number in 1 of 256 rows, first in row 11"
    ):
        read(path)
    assert [c.name for c in read(path, exclude="ay")] == ["ax", "az"]
    parts = [c.raw.size for c in read(path, Holes.PARTED) if c.code == "ay"]
    assert parts == [10, 245]


def test_a_leap_of_the_times_is_told_or_parts_the_record(tmp_path: Path) -> None:
    rows = lines(head="time,ax,ay,az", times=SECONDS).splitlines()
    path = tmp_path / "a.csv"
    path.write_text("\n".join(rows[:101] + rows[151:]))
    with pytest.raises(CommandError, match=r"not steady \(gaps: 1, first at row 101"):
        read(path)
    assert {c.raw.size for c in read(path, rate=RATE_HZ)} == {206}
    parts = [c for c in read(path, Holes.PARTED) if c.code == "ax"]
    assert [c.raw.size for c in parts] == [100, 106]
    first, second = (c.start_ns for c in parts)
    assert first is not None
    assert second is not None
    assert second - first == round(150 / RATE_HZ * 1e9)


REFUSED = {
    "a short row": (lines(head="t,ax,ay,az", times=SECONDS) + "3.0,1\n", "line 258 is not 4 numb"),
    "a word in the rows": (lines(head="t,ax,ay,az", times=SECONDS) + "end of file\n", "line 258"),
    "only words": ("hello\nworld\n", "no line of numbers"),
    "a column of nothing": ("t,ax\n0,NaN\n1,NaN\n2,NaN\n", "column ax holds no number"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_is_one_clear_error(tmp_path: Path, case: str) -> None:
    text, expected = REFUSED[case]
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(CommandError, match=expected):
        read(path)


def test_a_folder_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="a folder; give the files in it"):
        read(tmp_path)


@pytest.mark.parametrize("rate", ["0", "-5", "nan", "inf"])
def test_a_rate_is_a_number_above_nought(
    tmp_path: Path, rate: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(lines(head="ax,ay,az"))
    with pytest.raises(SystemExit):
        main(["modes", str(path), "--rate", rate])
    assert "must be a number above 0" in capsys.readouterr().err


IMPOSSIBLE = {
    "above the rate": (["--band", "1", "60"], "128 samples a second carry 51.2 Hz"),
    "too slow for the record": (["--band", "1", "10"], "fewer than 5 cycles"),
    "no share": (["--presence", "3"], "a share lies between 0 and 1"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_a_range_the_record_cannot_carry_is_refused(
    tmp_path: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words, expected = IMPOSSIBLE[case]
    path = tmp_path / "a.csv"
    path.write_text(lines(head="ax,ay,az"))
    assert main(["modes", str(path), "--rate", "128", *words]) == 2
    assert expected in capsys.readouterr().err


def test_columns_that_name_no_direction_are_one(tmp_path: Path) -> None:
    rows = "ground,level 2,roof\n" + "\n".join(
        f"{np.sin(t):.5f},{2 * np.sin(t):.5f},{3 * np.sin(t):.5f}" for t in np.arange(0, 60, 0.02)
    )
    path = tmp_path / "tower.csv"
    path.write_text(rows)
    channels = read(path, rate=50.0, units="gal")
    assert {c.direction for c in channels} == {"one direction"}
    assert [c.level.name for c in channels] == ["ground", "level 2", "roof"]
