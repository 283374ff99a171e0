"""``plumbline trend`` on settlement: what is still to come, and when that cannot be said."""

import json

import numpy as np
import pytest
from oracles import degree_of_consolidation

from plumbline.cli import main

START = np.datetime64("2025-03-01T12:00:00")
DAYS = np.arange(0.0, 200.0)


def table(path, heading, values, days=DAYS):
    stamps = START + (days * 86_400).astype("timedelta64[s]")
    rows = [f"{stamp}Z,{value:.5f}" for stamp, value in zip(stamps, values, strict=True)]
    path.write_text("\n".join([f"date,{heading}", *rows]), encoding="utf-8")
    return path


def approach(t, ultimate=100.0, rate=0.015):
    return ultimate * (1.0 - np.exp(-rate * t))


def channel(capsys, *words):
    assert main(["trend", *map(str, words), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["channels"]
    return found


def test_a_settlement_that_levels_off_is_predicted_with_its_interval(tmp_path, capsys):
    noise = np.random.default_rng(1).normal(0, 0.3, DAYS.size)
    file = table(tmp_path / "p.csv", "settlement [mm]", approach(DAYS) + noise)
    found = channel(capsys, file)["settlement"]
    one = found["prediction"]
    assert one["low_mm"] <= 100.0 <= one["high_mm"]
    assert one["ultimate_mm"] == pytest.approx(100.0, abs=1.0)
    assert one["rate_per_d"] == pytest.approx(0.015, rel=0.02)
    assert one["degree_now"] == pytest.approx(approach(199.0) / 100, abs=0.01)
    assert one["asaoka"]["ultimate_mm"] == pytest.approx(100.0, abs=1.0)
    assert one["asaoka"]["beta1"] == pytest.approx(
        np.exp(-0.015 * one["asaoka"]["step_d"]), abs=0.01
    )
    assert found["read_as"] == "settlement, positive down"
    assert main(["trend", str(file)]) == 0
    out = capsys.readouterr().out
    assert "mm in the end [" in out
    assert "95 % reached" in out


def test_terzaghi_gives_back_its_end_its_coefficient_and_its_hyperbola(tmp_path, capsys):
    # c_v / H^2 = 0.005 a day up to T = 0.8; with H = 5 m: c_v = 0.125 m2/d. Noise 0.1 of 80 mm.
    days = np.arange(0.0, 160.0)
    noise = np.random.default_rng(5).normal(0, 0.01, days.size)
    settled_cm = 8 * degree_of_consolidation(0.005 * days) + noise
    file = table(tmp_path / "clay.csv", "settlement [cm]", settled_cm, days)
    found = channel(capsys, file, "--drainage", 5)["settlement"]
    # Limiting accuracies of the methods themselves: see analysis.settlement.
    assert found["prediction"]["ultimate_mm"] == pytest.approx(80.0, rel=0.01)
    assert found["consolidation"]["cv_m2_per_yr"] == pytest.approx(0.125 * 365.25, rel=0.05)
    ratio = found["consolidation"]["cv_asaoka_m2_per_yr"] / found["consolidation"]["cv_m2_per_yr"]
    assert ratio == pytest.approx(1.028, abs=1e-3)
    assert found["hyperbola"]["ultimate_mm"] == pytest.approx(80.0, rel=0.02)
    assert found["hyperbola"]["raw_ultimate_mm"] == pytest.approx(1.218 * 80.0, rel=0.02)
    assert main(["trend", str(file), "--drainage", "5"]) == 0
    assert "m²/yr by Terzaghi's first term" in capsys.readouterr().out


def test_a_level_that_falls_is_the_same_settlement(tmp_path, capsys):
    file = table(tmp_path / "l.csv", "level [m]", 2.5 - approach(DAYS) / 1000)
    assert channel(capsys, file)["settlement"] is None  # of water, perhaps: not unasked
    found = channel(capsys, file, "--settlement", "level")["settlement"]
    assert found["read_as"] == "level, positive up"
    assert found["prediction"]["ultimate_mm"] == pytest.approx(100.0, rel=1e-2)


def test_what_was_settled_before_the_load_changed_is_not_predicted_from(tmp_path, capsys):
    later = np.where(DAYS < 50, 0.2 * DAYS, 10 + approach(np.maximum(DAYS - 50, 0), 80, 0.03))
    file = table(tmp_path / "p.csv", "settlement [mm]", later)
    one = channel(capsys, file, "--load", "2025-04-20T12:00:00Z")["settlement"]["prediction"]
    assert one["ultimate_mm"] == pytest.approx(80.0, rel=1e-2)
    assert one["degree_now"] == pytest.approx(approach(149.0, 1.0, 0.03), abs=0.01)
    refused = channel(capsys, file, "--load", "2025-12-01")["settlement"]
    assert refused["prediction"] is None
    assert "load has changed" in refused["no_prediction"]


def test_what_does_not_level_off_is_not_predicted_and_says_why(tmp_path, capsys):
    file = table(tmp_path / "p.csv", "settlement [mm]", 0.4 * DAYS)
    found = channel(capsys, file)["settlement"]
    assert found["prediction"] is None
    assert "level off" in found["no_prediction"]
    assert main(["trend", str(file)]) == 0
    assert "no prediction: the settlement does not level off yet" in capsys.readouterr().out
    assert channel(capsys, file, "--settlement", "none")["settlement"] is None


def test_the_picture_is_drawn_with_what_is_still_to_come(tmp_path, capsys):
    file = table(tmp_path / "p.csv", "settlement [mm]", approach(DAYS))
    assert main(["trend", str(file), "--plot", str(tmp_path / "p.png")]) == 0
    assert (tmp_path / "p.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("column", "reason"), [("depth", "no column 'depth'"), ("tilt", "write mm, cm or m")]
)
def test_a_column_that_is_no_settlement_is_refused(tmp_path, capsys, column, reason):
    file = table(tmp_path / "p.csv", "tilt [urad]", approach(DAYS))
    assert main(["trend", str(file), "--settlement", column]) == 2
    assert reason in capsys.readouterr().err
