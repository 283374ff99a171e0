"""The truth is complete, can be read with numpy alone, and survives a kill."""

import json

import numpy as np
import pytest
from specs import START_NS, instrument, read_events, read_truth, rig, run

from plumbline.simulator.acts import FarQuake, Piling
from plumbline.simulator.truth import TruthWriter


def test_the_truth_holds_every_sample_that_was_delivered(tmp_path):
    spec = rig(
        instrument("adxl355_node", options={"streams": [0, 1]}),
        instrument("lily", port="ttyB", node="01"),
        instrument("tuff_tilt", port="ttyC", node="02", level=3),
        instrument("witmotion_wt901", port="ttyD", node="03"),
    )
    found = run(spec, 20, tmp_path)
    truth = read_truth(tmp_path)
    assert set(truth) == {
        "XX.TWR01.00.CN", "XX.TWR01.00.HN", "XX.TWR01.01.LA", "XX.TWR01.01.LK",
        "XX.TWR01.02.LA", "XX.TWR01.02.LK", "XX.TWR01.03.HN",
    }  # fmt: skip
    for key, rows in truth.items():
        sent = [s for _, d in found for s in d.sent if s.stream.key == key]
        np.testing.assert_array_equal(rows["counts"], np.hstack([s.counts for s in sent]).T)
        np.testing.assert_array_equal(rows["time_ns"], np.concatenate([s.times_ns for s in sent]))
        assert rows["counter"].tolist() == list(range(len(rows)))
        assert not rows["fate"].any()


def test_the_description_names_channels_rates_and_units(tmp_path):
    run(rig(instrument("adxl355_node", axes="12Z")), 3, tmp_path)
    (entry,) = json.loads((tmp_path / "streams.json").read_text())
    assert entry["nslc"] == ["XX.TWR01.00.HN1", "XX.TWR01.00.HN2", "XX.TWR01.00.HNZ"]
    assert (entry["rate_hz"], entry["unit"]) == (100.0, "m/s2")
    assert entry["counts_per_unit"] == pytest.approx(256_000 / 9.80665)


def test_a_row_cut_short_by_a_kill_costs_that_row_only(tmp_path):
    run(rig(instrument("adxl355_node")), 5, tmp_path)
    file = tmp_path / "XX.TWR01.00.HN.truth"
    whole = read_truth(tmp_path)["XX.TWR01.00.HN"]
    file.write_bytes(file.read_bytes()[:-5])
    np.testing.assert_array_equal(read_truth(tmp_path)["XX.TWR01.00.HN"], whole[:-1])


def test_two_runs_never_share_a_truth(tmp_path):
    run(rig(instrument("adxl355_node")), 1, tmp_path)
    with pytest.raises(FileExistsError):
        TruthWriter(tmp_path, [])


def test_what_happened_is_listed_with_onset_and_peak(tmp_path):
    acts = (
        Piling(start_s=2, seconds=4, peak_gal=50),
        FarQuake(start_s=10, seconds=40, peak_gal=4),
    )
    spec = rig(instrument("adxl355_node"), instrument("lily", port="b", node="01"), acts=acts)
    run(spec, 60, tmp_path)
    events = read_events(tmp_path)
    assert [(e["what"], e["kind"]) for e in events] == [
        ("begin", "piling"), ("end", "piling"),
        ("begin", "far_earthquake"), ("end", "far_earthquake"),
    ]  # fmt: skip
    assert events[2]["onset_ns"] == START_NS + 10_000_000_000
    assert 45 < events[1]["peak_gal"]["0"] < 56
    assert events[3]["peak_gal"]["0"] == pytest.approx(4.0, rel=0.01)
