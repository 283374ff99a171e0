"""``plumbline vibration``: a verdict that names what it rests on."""

import json

import numpy as np
import pytest
from where import shared_data

from plumbline.cli import main

RATE_HZ = 1000.0
T = np.arange(8000) / RATE_HZ


def run(capsys, *words):
    code = main(["vibration", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def report(capsys, *words):
    code, out, err = run(capsys, *words, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def burst(frequency_hz, peak):
    return peak * np.exp(-(((T - 4) / 0.3) ** 2)) * np.cos(2 * np.pi * frequency_hz * (T - 4))


@pytest.fixture
def blow(tmp_path):
    path = tmp_path / "blow.csv"
    rows = np.column_stack([T, burst(18, 4.2), burst(40, 3.0), burst(25, 1.0)])
    np.savetxt(path, rows, delimiter=",", header="time,X,Y,Z", comments="", fmt="%.6f")
    return path


def test_4_2_mm_s_at_18_hz_in_a_dwelling(capsys, blow):
    found = report(capsys, blow, "--units", "mm/s", "--standard", "din4150-3", "--line", 2)
    (point,) = found["points"]
    verdict = point["verdicts"][0]
    assert verdict["component"] == "X"
    assert verdict["ppv_mms"] == pytest.approx(4.2, rel=0.03)
    assert verdict["limit_mms"] == pytest.approx(7.0, abs=0.1)
    assert verdict["zero_crossing_hz"] == pytest.approx(18, abs=0.3)
    assert verdict["spectrum_hz"] == pytest.approx(18, abs=0.3)
    assert verdict["outcome"] == "within"
    assert verdict["annex_e_ratio"] == pytest.approx(verdict["ratio"], rel=0.06)
    assert found["limit"]["standing"] == "verified"
    assert found["limit"]["edition"].startswith("1999")


def test_a_candidate_is_shown_and_said_never_to_page(capsys, blow):
    words = [blow, "--units", "mm/s", "--standard", "neb37", "--line", 3]
    found = report(capsys, *words)
    assert found["points"][0]["outcome"] == "exceeded"
    assert not found["points"][0]["pages"]
    _, out, _ = run(capsys, *words)
    assert "never pages anybody" in out


def test_the_vector_sum_for_the_swiss_standard(capsys, blow):
    found = report(capsys, blow, "--units", "mm/s", "--standard", "sn640312a")
    (verdict,) = found["points"][0]["verdicts"]
    assert verdict["component"] == "X+Y+Z"
    assert verdict["limit_mms"] == 15


def test_a_slow_stream_is_not_judged(tmp_path, capsys):
    path = tmp_path / "slow.csv"
    np.savetxt(path, np.column_stack([burst(18, 4.2)[::10]] * 2), delimiter=",")
    words = ["--rate", 100, "--units", "mm/s", "--standard", "din4150-3", "--line", 2]
    found = report(capsys, path, *words)
    assert found["points"][0]["outcome"] == "not applicable: sampling rate"
    assert found["points"][0]["band_hz"] == [1.0, 40.0]


def test_sbr_a_takes_the_users_value(capsys, blow):
    words = ["--units", "mm/s", "--standard", "sbr-a", "--vkar", 10, "--measuring", "limited"]
    found = report(capsys, blow, *words)
    assert found["points"][0]["verdicts"][0]["limit_mms"] == pytest.approx(10 / 1.4)
    assert found["limit"]["standing"] == "candidate"


def test_the_limit_chart_is_a_picture(tmp_path, capsys, blow):
    picture = tmp_path / "chart.png"
    words = ["--units", "mm/s", "--standard", "din4150-3", "--line", 2, "--plot", picture]
    assert run(capsys, blow, *words)[0] == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--units", "mm/s"], "din4150-3 (lines 1, 2, 3"),
        (["--units", "mm/s", "--standard", "iso"], "iso is not known"),
        (["--units", "mm/s", "--standard", "din4150-3"], "which one?"),
        (["--units", "mm/s", "--standard", "din4150-3", "--line", "8"], "no line '8'"),
        (
            ["--units", "mm/s", "--standard", "din4150-3", "--line", "2", "--duration", "long"],
            "no value for foundation/long",
        ),
        (["--units", "mm/s", "--standard", "sbr-a"], "needs --vkar"),
        (["--standard", "din4150-3", "--line", "2"], "give --units"),
        (["--standard", "din4150-3", "--line", "2", "--location", "moon"], "see --help"),
    ],
)
def test_what_can_be_mended_is_said_in_one_line(capsys, blow, words, told):
    code, out, err = run(capsys, blow, *words)
    assert (code, out) == (2, "")
    assert told in err


def test_a_footstep_on_a_slab_has_the_slabs_frequency(capsys):
    path = next(shared_data("footfall-slab").glob("*.csv"))
    words = ["--standard", "din4150-3", "--line", 2, "--location", "floor-slab"]
    found = report(capsys, path, *words)
    (judged,) = [v for v in found["points"][0]["verdicts"] if v["limit_mms"]]
    assert judged["component"].startswith("Z")
    # 17.85 Hz is the mean of the walk; one step reads within half a line of a 2 s event of it
    assert judged["zero_crossing_hz"] == pytest.approx(17.85, abs=0.3)
    assert judged["spectrum_hz"] == pytest.approx(17.85, abs=0.7)
    assert judged["limit_mms"] == 20
