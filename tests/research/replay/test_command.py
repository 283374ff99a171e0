"""``plumbline replay``: what it prints, draws, and says when it cannot."""

import json
from pathlib import Path

import numpy as np
import pytest
import record_makers as make
import replay_twins as twins

from plumbline.cli import main


@pytest.fixture
def clay(tmp_path: Path) -> list[str]:
    return [*map(str, twins.soft_clay(tmp_path)), *twins.COLUMNS]


def test_the_words_name_triggers_the_episode_the_seconds_and_the_evidence(clay, capsys):
    assert main(["replay", *clay]) == 0
    printed = capsys.readouterr().out
    for word in (
        "lone instrument is judged as a structure with one node, on the ground",
        "20 s of instrument noise put before",
        "trigger  01 long_period",
        "SHAKING  opened by long_period",
        "s after its onset",
        "s after 1 gal",
        "evidence: short_period did not trigger",
        "looks like: earthquake",
    ):
        assert word in printed


def test_a_detector_left_out_opens_nothing(clay, capsys):
    words = ["--without", "short_period", "--without", "long_period"]
    assert main(["replay", *clay, *words]) == 0
    printed = capsys.readouterr().out
    assert "NO EPISODE" in printed
    assert "trigger  01 long_period" in printed


def test_json_has_units_in_its_keys(clay, capsys):
    assert main(["replay", *clay, "--json"]) == 0
    (report,) = json.loads(capsys.readouterr().out)["structures"]
    assert report["seeded"]["noise_floor_ms2_per_root_hz"] == pytest.approx(2.2e-4, rel=0.01)
    (episode,) = report["episodes"]
    assert {"onset_s", "opened_s", "closed_s", "seconds_after_onset", "peak_gal"} <= set(episode)


def test_no_noise_before_is_said_by_saying_nothing_of_it(clay, capsys):
    assert main(["replay", *clay, "--noise-before", "0", "--json"]) == 0
    (report,) = json.loads(capsys.readouterr().out)["structures"]
    assert report["seeded"]["noise_before_s"] == 0


def test_an_episode_is_drawn_over_the_floors(tmp_path: Path, capsys):
    files = [str(path) for path in twins.tower(tmp_path)]
    picture = tmp_path / "floors.png"
    assert main(["replay", *files, *twins.TOWER, "--plot", str(picture)]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["nowhere.mseed"], "no such file"),
        ([".", "nowhere.mseed"], "give one archive, or files"),
        (["."], "no archive here"),
    ],
)
def test_what_cannot_be_replayed_is_one_line_and_exit_2(
    words, problem, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main(["replay", *words]) == 2
    assert problem in capsys.readouterr().err


@pytest.fixture
def axes(tmp_path: Path) -> list[str]:
    paths = []
    for channel in ("HNE", "HNN"):
        path = tmp_path / f"XX01.{channel}.V1c"
        where = "Sta Chan   ?:Other (Rcrdr Chan ?) Location:Ground floor"
        gal = np.random.default_rng(1).normal(size=3000) * 0.1
        path.write_text(make.cosmos(gal, step_ms=10.0, scnl=f"XX01.{channel}.XX.3A", channel=where))
        paths.append(str(path))
    return paths


def test_an_excluded_channel_is_not_heard_and_must_be_there(axes, capsys):
    assert main(["replay", *axes, "--exclude", "HNN", "--json"]) == 0
    (report,) = json.loads(capsys.readouterr().out)["structures"]
    assert report["nodes"][0]["axes"] == ["HNE"]
    assert main(["replay", *axes, "--exclude", "HNQ"]) == 2
    assert "no such channel; there are HNE, HNN" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_costs_the_others_nothing(axes, tmp_path, capsys):
    (tmp_path / "empty.V1c").write_bytes(b"")
    assert main(["replay", *axes, str(tmp_path / "empty.V1c"), "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["structures"][0]["nodes"][0]["axes"] == ["HNE", "HNN"]
    assert err.count("\n") == 1
    assert "empty.V1c: empty file" in err
