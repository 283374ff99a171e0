"""``plumbline measure --hvsr``: the ground's frequency from ambient vibration, or why not."""

import json
import re

import numpy as np
import pytest
from scipy import signal

from plumbline.cli import main

RATE_HZ = 50.0


def ambient(seconds, peak_hz=0.8, seed=3):
    """White noise on three axes; the horizontals also through a layer that resonates."""
    rng = np.random.default_rng(seed)
    rows = 1e-4 * rng.normal(size=(3, int(seconds * RATE_HZ)))
    b, a = signal.iirpeak(peak_hz, 3.0, fs=RATE_HZ)
    rows[:2] += 5 * signal.lfilter(b, a, rows[:2])
    return rows


def written(tmp_path, rows):
    path = tmp_path / "ambient.csv"
    np.savetxt(path, rows.T, delimiter=",", header="NS,EW,UD", comments="", fmt="%.8f")
    return [str(path), "--rate", str(RATE_HZ), "--columns", "NS,EW,UD", "--units", "m/s2"]


def hvsr(capsys, *words):
    assert main(["measure", *words, "--json"]) == 0
    (station,) = json.loads(capsys.readouterr().out)["stations"]
    return station.get("hvsr")


def test_a_resonant_layer_is_found_with_every_criterion(tmp_path, capsys):
    words = written(tmp_path, ambient(1200))
    found = hvsr(capsys, *words, "--hvsr", "40")
    assert found["peak_hz"] == pytest.approx(0.8, rel=0.05)
    assert 4.0 < found["peak_ratio"] < 6.5  # 1 + 5, less what smoothing takes
    assert (found["windows"], found["ambient"]) == (30, True)
    assert all(found["reliable"].values())
    assert all(found["clear"].values())
    assert found["criteria"]["standing"] == "candidate"
    assert hvsr(capsys, *words) is None
    assert main(["measure", *words, "--hvsr"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"H/V peak: 0\.(79|8)", out)
    assert "every criterion holds (candidate: SESAME 2004" in out


def test_equal_axes_have_no_clear_peak(tmp_path, capsys):
    rows = np.tile(1e-4 * np.random.default_rng(1).normal(size=int(600 * RATE_HZ)), (3, 1))
    found = hvsr(capsys, *written(tmp_path, rows), "--hvsr")
    assert found["peak_ratio"] == pytest.approx(1.0, abs=1e-6)
    assert not any(found["clear"].values())


def test_shaking_in_the_record_is_said(tmp_path, capsys):
    rows = ambient(400)
    rows[:, 8000:9000] += 0.01 * np.sin(np.arange(1000) / 10)
    words = written(tmp_path, rows)
    assert not hvsr(capsys, *words, "--hvsr")["ambient"]
    assert main(["measure", *words, "--hvsr"]) == 0
    assert "shaking, not ambient vibration" in capsys.readouterr().out


def test_what_it_lacks_is_said(tmp_path, capsys):
    assert "windows of 50 s" in hvsr(capsys, *written(tmp_path, ambient(60)), "--hvsr")["reason"]
    words = written(tmp_path, ambient(400))
    words[words.index("NS,EW,UD")] = "NS,EW"
    assert "a vertical one" in hvsr(capsys, *words, "--hvsr")["reason"]


def test_the_picture_has_it(tmp_path, capsys):
    path = tmp_path / "hv.png"
    words = written(tmp_path, ambient(300))
    assert main(["measure", *words, "--hvsr", "30", "--plot", str(path)]) == 0
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
