"""``plumbline measure``: what it prints, what it writes, what it says when it cannot."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import record_makers as make
from where import shared_data

from plumbline.cli import main

RATE_HZ = 100
T = np.arange(6000) / RATE_HZ
SHAKE_GAL = np.where(T > 10, 200 * np.exp(-((T - 30) ** 2) / 50) * np.sin(2 * np.pi * T), 0.0)


@pytest.fixture
def axes(tmp_path):
    """Three COSMOS files of one station, 100 Hz, with an offset on each axis."""
    paths = []
    for channel, scale in (("HNE", 1.0), ("HNN", 0.7), ("HNZ", -0.3)):
        path = tmp_path / f"XX01.{channel}.V1c"
        text = make.cosmos(
            scale * SHAKE_GAL + 12.5, step_ms=10.0, scnl=f"XX01.{channel}.XX.3A",
            channel="Sta Chan   ?:Other (Rcrdr Chan ?) Location:Ground floor",
        )  # fmt: skip
        path.write_text(text)
        paths.append(str(path))
    return paths


def run(capsys, *words):
    code = main(["measure", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def report(capsys, *words):
    code, out, err = run(capsys, *words, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)["stations"]


def test_files_of_one_station_become_its_axes(axes, capsys):
    (station,) = report(capsys, *axes)
    assert (station["network"], station["station"]) == ("XX", "XX01")
    assert station["place"] == "Ground floor"
    assert [axis["channel"] for axis in station["axes"]] == ["HNE", "HNN", "HNZ"]
    assert [axis["vertical"] for axis in station["axes"]] == [False, False, True]
    assert len(station["files"]) == 3


def test_the_own_period_is_guessed_from_the_height_and_said_to_be_a_guess(axes, capsys):
    (station,) = report(capsys, *axes, "--height", 137)
    slow = station["long_period"]
    assert slow["own_period_s"] == pytest.approx(137 / 46)
    assert slow["own_period_source"].startswith("first guess 46 / h: ISO 4866")
    at_guess = np.interp(137 / 46, slow["periods_s"], slow["sva_ms"])
    assert slow["own_sva_ms"] == pytest.approx(at_guess, rel=0.02)
    (by_count,) = report(capsys, *axes, "--storeys", 18)
    assert by_count["long_period"]["own_period_s"] == pytest.approx(1.8)
    (stated,) = report(capsys, *axes, "--height", 137, "--period", 2.7)
    assert stated["long_period"]["own_period_s"] == 2.7
    _, out, _ = run(capsys, *axes, "--height", 137)
    assert "at the own period of 2.98 s (first guess 46 / h" in out


def test_the_onset_and_the_first_seconds_are_told_with_what_they_may_be_off(tmp_path, capsys):
    rng = np.random.default_rng(5)
    since = np.maximum(T - 20, 0)
    p = 2 * np.sin(2 * np.pi * 2 * since) * (since > 0) + 0.02 * rng.normal(size=T.size)
    for channel in ("HNE", "HNN", "HNZ"):
        text = make.cosmos(
            p + 12.5, step_ms=10.0, scnl=f"XX01.{channel}.XX.3A",
            channel="Sta Chan   ?:Other (Rcrdr Chan ?) Location:Ground floor",
        )  # fmt: skip
        (tmp_path / f"XX01.{channel}.V1c").write_text(text)
    files = sorted(map(str, tmp_path.glob("*.V1c")))
    (station,) = report(capsys, *files)
    arrived = station["arrival"]
    assert arrived["channel"] == "HNZ"
    assert arrived["at_s"] == pytest.approx(20.0, abs=0.06)
    assert 0 < arrived["sigma_s"] < 0.1
    early = arrived["early"]
    assert early["pd_range_m"][0] <= early["pd_m"] <= early["pd_range_m"][1]
    assert early["above_noise"]
    assert early["of_ground"]
    assert early["damaging"] | {"source": ""} == {
        "reached": False, "pd_over_m": 0.005, "tau_c_over_s": 1.0, "source": "",
        "edition": "2008", "standing": "candidate",
    }  # fmt: skip
    _, out, _ = run(capsys, *files)
    assert re.search(r"HNZ: onset at \d\d\.\d\d ± 0\.0\d s \(weight 0\); first 3\.0 s: Pd", out)


def test_every_measure_is_there_with_its_unit_in_its_key(axes, capsys):
    (station,) = report(capsys, *axes, "--period", 2.7)
    first = station["axes"][0]
    assert abs(first["pga_ms2"]) == pytest.approx(2.0, rel=0.01)
    for key in (
        "pga_ms2", "pga_band_ms2", "pgv_ms", "pgd_m", "arias_ms", "cav_ms", "cav_standardised_gs",
        "d5_95_s",
    ):  # fmt: skip
        assert isinstance(first[key], float), key
    assert set(first["spectrum"]) == {"periods_s", "sd_m", "psv_ms", "psa_ms2", "sa_ms2", "sva_ms"}
    assert station["jma"]["scale"] in {"5-", "5+", "6-"}
    assert station["jma"]["reported"] <= station["jma"]["value"] + 0.005
    assert station["mmi"]["worden2012"]["from_pga"] > 5
    assert station["mmi"]["wald1999"]["blended"] > 5
    assert station["long_period"]["class"] in {1, 2, 3, 4}
    assert len(station["long_period"]["sva_ms"]) == 32
    assert station["long_period"]["own_sva_ms"] > 0
    assert station["peaks"]["pga_rotd100_ms2"] == pytest.approx(
        station["peaks"]["pga_vector_ms2"], rel=0.1
    )
    assert station["rules"]["baseline"] == "pre-event mean"


def test_what_is_not_per_standard_is_marked(axes, capsys):
    (station,) = report(capsys, *axes)
    assert "[M]" in station["long_period"]["horizontal"]


def test_people_get_gal_and_words(axes, capsys):
    code, out, _ = run(capsys, *axes)
    assert code == 0
    assert re.search(r"XX\.XX01 Ground floor", out)
    assert re.search(r"HNE +90 +-?\d{3}\.\d{3}", out)
    assert re.search(r"JMA intensity: \d\.\d, scale", out)
    assert "pre-event mean over" in out
    assert "long-period class" in out


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("as-given", 212.5), ("whole", 200.0), ("5", 200.0), ("auto", 200.0)],
)
def test_the_baseline_is_the_users_to_choose(rule, expected, axes, capsys):
    (station,) = report(capsys, axes[0], "--baseline", rule)
    assert abs(station["axes"][0]["pga_ms2"]) * 100 == pytest.approx(expected, rel=0.005)


def test_one_axis_gives_a_lower_bound_and_says_so(axes, capsys):
    _, out, _ = run(capsys, axes[0])
    assert "lower bound: 1 of 3 axes" in out
    (station,) = report(capsys, axes[0])
    assert station["jma"]["complete"] is False
    assert station["long_period"] is None
    assert station["peaks"]["pga_rotd50_ms2"] is None


def test_plain_columns_are_named_on_the_command_line(tmp_path, capsys):
    path = tmp_path / "motion.txt"
    path.write_text(
        "".join(f"{t:.2f} {a / 980.665:.8f}\n" for t, a in zip(T, SHAKE_GAL, strict=True))
    )
    (station,) = report(capsys, path, "--columns", "t,NS", "--units", "g")
    assert station["rate_hz"] == 100
    assert abs(station["axes"][0]["pga_ms2"]) == pytest.approx(2.0, rel=0.01)
    (told,) = report(capsys, path, "--columns", "_,NS", "--rate", 50, "--units", "m/s2")
    assert told["rate_hz"] == 50


def test_without_a_unit_only_what_needs_none_is_measured(tmp_path, capsys):
    path = tmp_path / "v0.dat"
    path.write_text(
        make.cosmos(SHAKE_GAL * 1000 + 5000, stage=0, unit=(50, "counts"), step_ms=10.0)
    )
    (station,) = report(capsys, path)
    (axis,) = station["axes"]
    assert abs(axis["peak_counts"]) == pytest.approx(200_000, rel=0.01)
    assert axis["offset_counts"] == pytest.approx(5000, rel=0.01)
    assert axis["d5_95_s"] > 1
    assert "jma" not in station
    assert any("--units" in note for note in station["notes"])
    (told,) = report(capsys, path, "--units", "gal")
    assert "jma" in told


def test_velocity_and_displacement_as_given_stand_beside(tmp_path, capsys):
    path = tmp_path / "a.V2"
    path.write_text(make.csmip_volume_2(SHAKE_GAL / 10, SHAKE_GAL / 100, SHAKE_GAL / 1000))
    (station,) = report(capsys, path)
    velocity, displacement = station["given"]
    assert velocity["peak_ms"] == pytest.approx(velocity["stated_peak_ms"], abs=1e-5)
    assert abs(displacement["peak_m"]) == pytest.approx(0.002, rel=0.01)
    assert station["rules"]["baseline"] == "as given"


def test_a_still_record_has_no_intensity_and_no_trouble(tmp_path, capsys):
    path = tmp_path / "still.txt"
    path.write_text("0.0 0.0 0.0\n" * 1000)
    (station,) = report(capsys, path, "--columns", "NS,EW,UD", "--rate", 100, "--units", "gal")
    assert (station["jma"]["value"], station["jma"]["scale"]) == (None, "0")
    assert run(capsys, path, "--columns", "NS,EW,UD", "--rate", 100, "--units", "gal")[0] == 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["nothing-there.dat"], "nothing-there.dat"),
        (["FILE", "--rate", "100"], "--columns"),
        (["FILE", "--baseline", "soon"], "as-given"),
        (["FILE", "--baseline", "5000"], "pre-event"),
        (["FILE", "--plot", "no/such/folder/a.png"], "--plot"),
    ],
)
def test_mistakes_are_answered_in_one_line(words, complaint, axes, capsys):
    code, _, err = run(capsys, *(axes[0] if word == "FILE" else word for word in words))
    assert code == 2
    assert err.startswith("plumbline measure: ")
    assert err.count("\n") == 1
    assert complaint in err


def test_a_damaged_file_is_named_with_its_line(axes, tmp_path, capsys):
    text = Path(axes[0]).read_text()
    path = tmp_path / "damaged.V1c"
    path.write_text(text.replace("1.250000e+01", "1.25xxxxe+01", 1))
    code, _, err = run(capsys, path)
    assert code == 2
    assert re.search(r"damaged\.V1c:\d+: ", err)


def test_the_picture_is_drawn(axes, tmp_path, capsys):
    assert run(capsys, *axes, "--plot", tmp_path / "shake.png")[0] == 0
    assert (tmp_path / "shake.png").read_bytes().startswith(b"\x89PNG")


def test_each_station_has_its_own_picture(axes, tmp_path, capsys):
    other = tmp_path / "other.V1c"
    other.write_text(make.cosmos(SHAKE_GAL, step_ms=10.0, scnl="XX02.HNE.XX.3A"))
    assert run(capsys, *axes, other, "--plot", tmp_path / "shake.png")[0] == 0
    assert sorted(p.name for p in tmp_path.glob("*.png")) == ["shake-1.png", "shake-2.png"]


def test_the_worked_example_of_jma_comes_out_of_the_command(capsys):
    (station,) = report(capsys, shared_data("jma-intensity") / "AA06EA01.csv")
    assert station["jma"]["reported"] == 5.1
    assert station["jma"]["scale"] == "5+"
    assert station["jma"]["a0_gal"] == pytest.approx(127.85, rel=0.002)


def test_the_help_teaches_with_an_example(capsys):
    with pytest.raises(SystemExit) as done:
        main(["measure", "--help"])
    assert done.value.code == 0
    assert "plumbline measure *.mseed station.xml" in capsys.readouterr().out
