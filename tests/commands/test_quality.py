"""``plumbline quality``: the channels not to be believed, and only those."""

import json

import numpy as np
import pytest
from where import shared_data

from plumbline.cli import main

RATE_HZ = 100.0


def run(capsys, *words):
    code = main(["quality", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def report(capsys, *words):
    code, out, err = run(capsys, *words, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


@pytest.fixture
def node(tmp_path):
    rng = np.random.default_rng(1)
    rest = np.array([0.0, 0.0, 9.81])
    rows = 0.01 * rng.normal(size=(6000, 3)) + rest
    path = tmp_path / "node.csv"

    def write(change=lambda rows: None):
        change(rows)
        np.savetxt(path, rows, delimiter=",", header="X,Y,Z", comments="", fmt="%.5f")
        return path

    return write


WORDS = ("--rate", 100, "--units", "m/s2")


def test_a_healthy_node_is_good(capsys, node):
    found = report(capsys, node(), *WORDS)
    assert found["flagged"] == []
    assert all(c["findings"] == [] for c in found["channels"])


def test_a_dead_axis_and_one_upside_down(capsys, node):
    def spoil(rows):
        rows[:, 0] = 0.5
        rows[:, 2] *= -1

    found = report(capsys, node(spoil), *WORDS)
    told = {c["channel"]: [f["defect"] for f in c["findings"]] for c in found["channels"]}
    assert told["X"] == ["flat line"]
    assert "axis inverted" in told["Z"]
    assert found["flagged"] == ["X", "Z"]


def test_the_floor_against_the_data_sheet(capsys, node):
    quiet_ug = 0.01 / np.sqrt(RATE_HZ / 2) / 9.80665 * 1e6
    assert report(capsys, node(), *WORDS, "--noise-ug", quiet_ug)["flagged"] == []
    assert report(capsys, node(), *WORDS, "--noise-ug", 5)["flagged"] == ["X", "Y", "Z"]


def test_the_noise_stands_beside_the_data_sheet(capsys, node):
    made_ug = 0.01 / np.sqrt(RATE_HZ / 2) / 9.80665 * 1e6
    file = node()
    for channel in report(capsys, file, *WORDS, "--noise-ug", 100)["channels"]:
        noise = channel["noise"]
        # 60 s of white noise: some 118 segments and 9 independent lines, 1.5 % of an amplitude.
        assert noise["density_ug"] == pytest.approx(made_ug, rel=0.06)
        assert 0 < noise["sigma_ug"] < 0.05 * made_ug
        assert noise["over_data_sheet"] == pytest.approx(made_ug / 100, rel=0.06)
    assert report(capsys, file, *WORDS)["channels"][0]["noise"]["data_sheet_ug"] is None
    _, out, _ = run(capsys, file, *WORDS, "--noise-ug", 100)
    assert out.count("µg/√Hz in 60 s of quiet; data sheet 100: 1.4 times") == 3


def test_words_and_picture(tmp_path, capsys, node):
    picture = tmp_path / "quality.png"
    code, out, _ = run(capsys, node(), *WORDS, "--plot", picture)
    assert code == 0
    assert "flagged: none of 3 channels" in out
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("extra", [[], ["NP.8040.xml"]])
def test_of_delaneys_eight_channels_exactly_d3_east_is_flagged(capsys, extra):
    folder = shared_data("delaney-downhole-2018")
    files = [*sorted(folder.glob("*.mseed")), *(folder / name for name in extra)]
    found = report(capsys, *files, "--together", 0.5)
    assert len(found["channels"]) == 8
    assert found["flagged"] == ["D3.HNE"]
    (channel,) = [c for c in found["channels"] if c["flagged"]]
    assert any("60 Hz" in f["reason"] for f in channel["findings"])
    assert any("times the axes beside it" in f["reason"] for f in channel["findings"])


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("atwood-2018-anchorage", "*.V1c"),
        ("berkeley-2018-np1103", "*_a.smc"),
        ("painter-street-1992", "*.V2"),
    ],
)
def test_healthy_structures_are_left_alone(capsys, name, pattern):
    assert report(capsys, *sorted(shared_data(name).glob(pattern)))["flagged"] == []


def test_a_file_that_cannot_be_read_costs_the_others_nothing(tmp_path, capsys, node):
    (tmp_path / "empty.mseed").write_bytes(b"")
    code, out, err = run(capsys, node(), tmp_path / "empty.mseed", *WORDS)
    assert code == 2
    assert out.startswith("good")
    assert err.splitlines() == [f"plumbline quality: {tmp_path / 'empty.mseed'}: empty file"]
