"""Vibration recorders' tables: units as people write them, clocks, codes, a microphone beside."""

import json

import numpy as np
import pytest

from plumbline.cli import main

RATE_HZ = 500.0
T = np.arange(4000) / RATE_HZ
BLOW_MMS = 6.0 * np.exp(-(((T - 4) / 0.5) ** 2)) * np.cos(2 * np.pi * 20 * (T - 4))
BLOW_MS2 = np.gradient(BLOW_MMS / 1000, 1 / RATE_HZ, edge_order=2)
WORDS = ("--standard", "din4150-3", "--line", "2")


def written(tmp_path, heading, times, *columns):
    file = tmp_path / "blow.csv"
    rows = [",".join(map(str, row)) for row in zip(times, *columns, strict=True)]
    file.write_text("\n".join([heading, *rows]), encoding="utf-8")
    return str(file)


def judged(capsys, *words):
    assert main(["vibration", *words, *WORDS, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


UNITS = {
    "x (mm/s)": BLOW_MMS, "vx_mm_s": BLOW_MMS, "vx_mm/s": BLOW_MMS, "vx_mms": BLOW_MMS,
    "x [m/s]": BLOW_MMS / 1e3, "velocity cm/s": BLOW_MMS / 10,
    "x (m/s²)": BLOW_MS2, "x (m/s^2)": BLOW_MS2, "acc_ms2": BLOW_MS2, "x (cm/s2)": BLOW_MS2 * 100,
    "acc_x_g": BLOW_MS2 / 9.80665, "x (mg)": BLOW_MS2 / 9.80665e-3,
}  # fmt: skip


@pytest.mark.parametrize(("heading", "values"), UNITS.items(), ids=UNITS)
def test_a_unit_is_read_however_it_is_written(tmp_path, capsys, heading, values):
    (point,) = judged(capsys, written(tmp_path, f"time,{heading}", T, values))["points"]
    # Differencing a 20 Hz wave at 500 Hz loses 1 %.
    assert point["verdicts"][0]["ppv_mms"] == pytest.approx(6.0, rel=0.02)


def test_the_option_takes_a_unit_however_it_is_written(tmp_path, capsys):
    file = written(tmp_path, "time,x", T, BLOW_MS2)
    (point,) = judged(capsys, file, "--units", "m/s²")["points"]
    assert point["verdicts"][0]["ppv_mms"] == pytest.approx(6.0, rel=0.02)


CLOCK = [f"06:20:{s:06.3f}" for s in T]
MS = np.rint(T * 1000).astype(int)
TIMES = {
    "day first": ("time", [f"28/03/2025 {clock}" for clock in CLOCK]),
    "clock alone": ("time", CLOCK),
    "date and clock": ("date,time", [f"2025-03-28,{clock}" for clock in CLOCK]),
    "epoch ms": ("timestamp", 1_743_142_800_000 + MS),
    "epoch us": ("timestamp", (1_743_142_800_000 + MS) * 1000),
    "epoch ns": ("time_ns", (1_743_142_800_000 + MS) * 1_000_000),
}


@pytest.mark.parametrize(("heading", "times"), TIMES.values(), ids=TIMES)
def test_the_rate_is_found_in_every_usual_time(tmp_path, capsys, heading, times):
    (point,) = judged(capsys, written(tmp_path, f"{heading},x (mm/s)", times, BLOW_MMS))["points"]
    assert point["rate_hz"] == pytest.approx(RATE_HZ, rel=1e-6)


def test_what_is_no_motion_is_left_out_and_said(tmp_path, capsys):
    heading = "time,sample,x (mm/s),mic (Pa),temp (°C)"
    file = written(tmp_path, heading, T, range(T.size), BLOW_MMS, BLOW_MMS, 25 + 0 * T)
    found = judged(capsys, file)
    assert [v["component"] for v in found["points"][0]["verdicts"]] == ["x (mm/s)"]
    assert found["notes"] == ["blow.csv: left out, no motion: sample, mic (Pa), temp (°C)"]


def refused(tmp_path, capsys, times, values):
    assert main(["vibration", written(tmp_path, "time,x (mm/s)", times, values), *WORDS]) == 2
    return capsys.readouterr().err


def test_a_code_for_no_reading_is_no_peak(tmp_path, capsys):
    coded = BLOW_MMS.copy()
    coded[100] = -9999
    assert "(-9999 for none) in 1 of 4000 rows" in refused(tmp_path, capsys, T, coded)


def test_what_is_too_short_or_too_slow_is_refused_in_words(tmp_path, capsys):
    assert "shorter than one period" in refused(tmp_path, capsys, T[:20], BLOW_MMS[:20])
    assert "1 row of readings" in refused(tmp_path, capsys, T[:1], BLOW_MMS[:1])
    assert "no record of vibration" in refused(tmp_path, capsys, T * 500, BLOW_MMS)


def test_a_record_that_ran_against_its_range_is_never_within(tmp_path, capsys):
    for shape, outcome in ((np.clip(BLOW_MMS, -4, 4), "clipped"), (0 * T + 1.0, "dead channel")):
        found = judged(capsys, written(tmp_path, "time,x (mm/s)", T, shape))
        assert found["points"][0]["outcome"] == f"not applicable: {outcome}"
        assert not found["points"][0]["pages"]


def test_a_date_and_a_clock_parted_by_a_blank_keep_the_names_beside_them(tmp_path, capsys):
    file = tmp_path / "blow.txt"
    rows = [f"2025-03-28 {clock} {x:.5f}" for clock, x in zip(CLOCK, BLOW_MMS, strict=True)]
    file.write_text("\n".join(["time vx_mm/s", *rows]), encoding="utf-8")
    (verdict,) = judged(capsys, str(file))["points"][0]["verdicts"]
    assert verdict["component"] == "vx_mm/s"
    assert verdict["ppv_mms"] == pytest.approx(6.0, rel=0.02)
