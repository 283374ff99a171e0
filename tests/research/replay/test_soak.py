"""Six hours of the long runs: no earthquake is found where there is none."""

import sys

import numpy as np
import pytest
from where import REPO

sys.path.insert(0, str(REPO))  # the benchmarks stand beside the package, not in it

from benchmarks.soaks import long_period, piling
from benchmarks.soaks.results import resumed, summed, upper_bound
from benchmarks.soaks.sites import Piling, Weather
from plumbline.analysis.constants import GAL_MS2


def test_six_hours_of_wind_cranes_and_traffic_are_no_shaking():
    counted = long_period.soaked(structures=12, hours=0.5, seed=1_000)
    assert counted["structure_hours"] == 6.0
    assert counted["shaking"] == 0
    assert counted["roof_triggers"] > 0, "the weather is too calm to prove anything"


@pytest.mark.slow
def test_six_hours_of_piling_on_all_nodes_are_no_shaking():
    counted = piling.soaked(structures=6, hours=1.0, seed=1_000)
    assert counted["structure_hours"] == 6.0
    assert counted["shaking"] == 0


def test_every_blow_moves_every_node_by_fifty_gal():
    site = Piling(3, seed=2)
    accel = site.chunk(round(60 * site.rate_hz))
    for structure in accel:
        for node in structure:
            loud = np.abs(node).max(axis=0) >= 45 * GAL_MS2  # ambient motion may take a little off
            starts = np.flatnonzero(np.diff(loud.astype(int)) == 1)
            blows = starts[np.diff(starts, prepend=-100) > 0.5 * site.rate_hz]
            assert 0.6 <= len(blows) / 60 <= 0.8


def test_piling_rests_every_other_ten_minutes():
    site = Piling(1, seed=3)
    for _ in range(10):
        site.chunk(round(60 * site.rate_hz))
    rest = site.chunk(round(60 * site.rate_hz))[..., 500:]
    assert np.abs(rest).max() < 2 * GAL_MS2


def test_wind_moves_the_roof_by_gal_and_the_ground_hardly():
    weather = Weather(24, seed=4)
    weather._traffic = lambda out: None
    accel = np.concatenate([weather.chunk(6000) for _ in range(12)], axis=-1)
    ground, roof = accel[:, 0], accel[:, 2]
    assert 2 * GAL_MS2 < np.abs(roof).max() < 9 * GAL_MS2
    coupled = np.sum(ground * roof) / np.sum(np.square(roof))
    assert 0.003 < coupled < 0.01  # 5 gal on the roof: less than 0.05 gal on the ground


def test_the_bound_of_a_count_is_poissons():
    assert upper_bound(0) == pytest.approx(-np.log(0.05))
    assert upper_bound(1) == pytest.approx(4.744, abs=1e-3)  # tables of the Poisson distribution


def test_a_run_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done: list[int] = []

    def unit(number: int) -> dict[str, float]:
        done.append(number)
        return {"hours": 2.0}

    assert summed(resumed("run", 2, unit, None), "hours") == 4.0
    assert summed(resumed("run", 5, unit, None), "hours") == 10.0
    assert done == [0, 1, 2, 3, 4]
    assert resumed("run", 9, unit, minutes=-1.0) == resumed("run", 5, unit, None)
