"""``plumbline measure`` over files as people have them: good beside bad, tables, packs, shards."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import record_makers as make

from plumbline.cli import main

RATE_HZ = 100
T = np.arange(4000) / RATE_HZ
GAL = np.where(T > 10, 80 * np.exp(-((T - 20) ** 2) / 50) * np.sin(2 * np.pi * T), 0.0)


def run(capsys, *words):
    code = main(["measure", *map(str, words), "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(out)["stations"] if out else [], err.splitlines()


def table(heading, scale=1.0, mark=",", decimal="."):
    lines = [
        mark.join(f"{x:.6f}".replace(".", decimal) for x in (t, a * scale, -0.5 * a * scale))
        for t, a in zip(T, GAL, strict=True)
    ]
    return "\n".join([heading, *lines]) + "\n"


def test_bad_files_are_named_one_a_line_and_good_ones_measured(tmp_path, capsys):
    (tmp_path / "good one.V1c").write_text(make.cosmos(GAL, step_ms=10.0))
    (tmp_path / "cut.smc").write_text(make.smc(GAL)[:-200])
    (tmp_path / "empty.sac").write_bytes(b"")
    (tmp_path / "letter.doc").write_text("Dear colleague,\n")
    paths = [*sorted(tmp_path.iterdir()), tmp_path / "gone.mseed", tmp_path]
    code, stations, complaints = run(capsys, *paths)
    assert code == 2
    assert [Path(s["files"][0]).name for s in stations] == ["good one.V1c"]
    for name in ("cut.smc", "empty.sac", "letter.doc", "gone.mseed", f"{tmp_path}: a folder"):
        assert len([line for line in complaints if name in line]) == 1, name
    assert len(complaints) == 5


def test_a_zip_of_records_is_measured_as_if_unpacked(tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "event.zip", "w") as pack:
        pack.writestr("a.V1c", make.cosmos(GAL, step_ms=10.0, scnl="XX01.HNE.XX.10"))
        pack.writestr("b.V1c", make.cosmos(-GAL, step_ms=10.0, scnl="XX01.HNN.XX.10"))
    code, (station,), complaints = run(capsys, tmp_path / "event.zip")
    assert (code, complaints, len(station["axes"])) == (0, [], 2)


@pytest.mark.parametrize(
    ("heading", "scale"),
    [
        ("time,NS (gal),EW (gal)", 1.0),
        ("Time [s],NS [cm/s^2],EW [cm/s**2]", 1.0),
        ("t,NS (m/s/s),EW (m s-2)", 0.01),
        ("t,NS (G),EW (g)", 1 / 980.665),
    ],
)
def test_a_heading_says_rate_and_unit(heading, scale, tmp_path, capsys):
    (tmp_path / "motion.csv").write_text(table(heading, scale))
    code, (station,), complaints = run(capsys, tmp_path / "motion.csv")
    assert (code, complaints, station["rate_hz"]) == (0, [], 100)
    peaks = [abs(axis["pga_ms2"]) for axis in station["axes"]]
    assert peaks == pytest.approx([np.abs(GAL).max() / 100, np.abs(GAL).max() / 200], rel=2e-3)


def test_decimal_commas_are_read(tmp_path, capsys):
    (tmp_path / "motion.txt").write_text(table("Zeit;NS;EW", mark=";", decimal=","))
    words = ("--columns", "t,NS,EW", "--units", "gal")
    _, (station,), _ = run(capsys, tmp_path / "motion.txt", *words)
    assert abs(station["axes"][0]["pga_ms2"]) == pytest.approx(np.abs(GAL).max() / 100, rel=1e-3)


def test_columns_that_are_merely_numbered_are_axes_of_one_instrument(tmp_path, capsys):
    (tmp_path / "motion.csv").write_text(table("time,ch1 (gal),ch2 (gal)"))
    _, (station,), _ = run(capsys, tmp_path / "motion.csv")
    assert len(station["axes"]) == 2


def test_a_channel_may_be_left_out(tmp_path, capsys):
    rows = table("time,NS,EW").splitlines()
    rows[2001] = "20.0,nan,0.0"
    (tmp_path / "motion.csv").write_text("\n".join(rows))
    words = ("--units", "gal", "--exclude", "NS")
    code, (station,), _ = run(capsys, tmp_path / "motion.csv", *words)
    assert code == 0
    assert [axis["channel"] for axis in station["axes"]] == ["EW"]


def test_what_is_too_slow_to_shake_is_refused_by_name(tmp_path, capsys):
    (tmp_path / "tilt.csv").write_text("t,X (gal)\n" + "".join(f"{10 * i},0\n" for i in range(99)))
    code, stations, (complaint,) = run(capsys, tmp_path / "tilt.csv")
    assert (code, stations) == (2, [])
    assert "tilt.csv" in complaint
    assert "0.1 Hz is too slow" in complaint


def test_a_column_called_ns_is_north_south_and_no_time(tmp_path, capsys):
    (tmp_path / "motion.csv").write_text("NS,EW\n" + "".join(f"{a},{-a}\n" for a in GAL))
    words = ("--rate", 100, "--columns", "NS,EW", "--units", "gal")
    _, (station,), _ = run(capsys, tmp_path / "motion.csv", *words)
    assert [axis["azimuth_deg"] for axis in station["axes"]] == [0, 90]
