"""A recorded earthquake goes through the instrument with the peaks of its header."""

import json

import numpy as np
import pytest
from specs import instrument, read_truth, rig, run
from where import shared_data

from plumbline.simulator.acts import Quake

HEADER_GAL = {"HNE.01": 203.135, "HNN.02": 159.375}


def cosmos_values(path) -> np.ndarray:
    """Return the values of a COSMOS V1 text file with one value a line. [gal]"""
    text = path.read_text().splitlines()
    first = next(n for n, line in enumerate(text) if "acceleration pts" in line) + 1
    return np.array([float(line) for line in text[first : first + 42_000]])


@pytest.mark.parametrize("ppm", [50.0, -50.0])
def test_the_peaks_of_anchorage_2018_are_those_of_the_header(tmp_path, ppm):
    folder = shared_data("atwood-2018-anchorage")
    channels = ("HNE.01", "HNN.02", "HNZ.03")
    gal = np.stack([cosmos_values(folder / f"NP8040-n.1000hyfh.{c}.V1c") for c in channels])
    record = tmp_path / "quake.npz"
    np.savez(record, accel_ms2=gal[:, : 60 * 200] / 100, rate_hz=200.0)
    quake = Quake(start_s=10, seconds=60, record=record)
    spec = instrument("adxl355_node", clock_ppm=ppm, options={"streams": [0, 1]})
    run(rig(spec, acts=(quake,)), 75, tmp_path / "truth")
    (entry, _) = json.loads((tmp_path / "truth" / "streams.json").read_text())
    for rows in read_truth(tmp_path / "truth").values():
        accel_gal = rows["counts"] / entry["counts_per_unit"] * 100
        peak = np.abs(accel_gal - accel_gal[:500].mean(axis=0)).max(axis=0)
        # The up component holds much above 40 Hz and is not promised at 100 Hz.
        np.testing.assert_allclose(peak[:2], list(HEADER_GAL.values()), rtol=0.01)
