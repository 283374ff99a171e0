"""Arrivals: P found before S, with its uncertainty; the first seconds with what noise they bear."""

import numpy as np
import pytest
from where import shared_data

from plumbline.analysis.ground_motion.baseline import quiet_samples
from plumbline.analysis.trigger.arrival import arrival
from plumbline.analysis.trigger.arrival_report import arrival_report, arrival_text
from plumbline.analysis.trigger.early import early_figures, early_p
from plumbline.records import read_records

RATE_HZ = 100.0
N, P, S = 6000, 3000, 3600
TIME_S = np.arange(N) / RATE_HZ


def record(p_ms2=0.02, s_ms2=0.2, noise_ms2=5e-4, seed=1, offset=9.81):
    """Noise, P of 3 Hz from sample 3 000 and S of 1.5 Hz from sample 3 600 on."""
    x = offset + noise_ms2 * np.random.default_rng(seed).normal(size=N)
    for at, size, freq_hz in ((P, p_ms2, 3.0), (S, s_ms2, 1.5)):
        since = np.maximum(TIME_S - at / RATE_HZ, 0)
        x += size * np.sin(2 * np.pi * freq_hz * since) * np.exp(-since / 8) * (since > 0)
    return x


@pytest.mark.parametrize("about", [P + 20, P + 150, S, S + 100], ids=["P", "late", "S", "after S"])
@pytest.mark.parametrize("seed", range(5))
def test_p_is_found_wherever_the_trigger_was(about, seed):
    found = arrival(record(seed=seed), RATE_HZ, about)
    # Where 0.02 of a 3 Hz sine passes three times the noise: within 4 samples of its beginning.
    assert P - 2 <= found.sample <= P + 8
    assert 0.002 < found.sigma_s < 0.1
    assert found.weight == 0


def test_an_onset_of_white_noise_is_as_uncertain_as_it_says():
    away, stated = [], []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        x = np.concatenate([rng.normal(size=3000), 2.5 * rng.normal(size=1000)])
        found = arrival(x, RATE_HZ, 3050)
        if found is not None:
            away.append((found.sample - 3000) / RATE_HZ)
            stated.append(found.sigma_s)
    assert len(away) > 150
    # The pick of a growing variance; the high-pass at 1 Hz hardly colours it. Both by chance.
    assert 0.5 < np.std(away) / np.sqrt(np.mean(np.square(stated))) < 3


@pytest.mark.parametrize("seed", range(20))
def test_noise_has_no_arrival(seed):
    x = np.random.default_rng(seed).normal(size=N)
    found = arrival(x, RATE_HZ, 3000)
    assert found is None or found.weight == 3  # one second in so many is 1.5 times the one before


def test_an_offset_and_a_drift_change_nothing():
    plain = arrival(record(offset=0.0), RATE_HZ, S)
    assert arrival(record(offset=9.81), RATE_HZ, S).sample == plain.sample
    drifting = record(offset=0.0) + 0.01 * np.sin(2 * np.pi * 0.05 * TIME_S)
    assert abs(arrival(drifting, RATE_HZ, S).sample - plain.sample) <= 2


def test_a_record_that_begins_with_its_motion_has_no_arrival():
    x = record()[P:]
    assert arrival(x, RATE_HZ, 10) is None
    assert arrival(x[:100], RATE_HZ, 50) is None


def test_the_ranges_hold_what_moving_the_onset_makes_of_the_figures():
    x = record()
    found = early_figures(x, RATE_HZ, P, onset_sigma_s=0.2)
    for shift in (-40, 0, 40):
        one = early_p(x, RATE_HZ, P + shift)
        assert found.pd_range_m[0] <= one.pd_m <= found.pd_range_m[1]
        assert found.tau_c_range_s[0] <= one.tau_c_s <= found.tau_c_range_s[1]
    assert found.above_noise
    assert early_figures(x, RATE_HZ, 50, onset_sigma_s=0.1) is None


def test_what_is_lost_in_noise_is_no_figure():
    noise = 1e-3 * np.random.default_rng(2).normal(size=N)
    assert not early_figures(noise, RATE_HZ, P, onset_sigma_s=0.1).above_noise


def test_the_largest_tau_p_is_the_period_of_the_slowest_wave():
    # Ground velocity of 1 Hz from the onset: the backward difference and a memory of a second.
    since = np.maximum(TIME_S - P / RATE_HZ, 0)
    x = 0.1 * 2 * np.pi * np.cos(2 * np.pi * since) * (since > 0)
    found = early_p(x, RATE_HZ, P)
    assert found.tau_p_s == pytest.approx(1.0, rel=0.25)
    assert found.noise_m == 0.0


def test_a_limit_that_nobody_read_is_a_candidate_and_a_floor_reaches_none():
    x = record(p_ms2=2.0)
    ground = arrival_report(x, RATE_HZ, S, vertical=True, ground=True)
    assert ground["at_s"] == pytest.approx(P / RATE_HZ, abs=0.05)
    assert ground["early"]["damaging"]["standing"] == "candidate"
    floor = arrival_report(x, RATE_HZ, S, vertical=True, ground=False)
    assert not floor["early"]["damaging"]["reached"]
    assert "of a floor, not of the ground" in arrival_text(floor)
    assert arrival_report(x, RATE_HZ, S, vertical=False, ground=True)["early"] is None
    # A long record does not move it: only the minute before the trigger is taken.
    late = np.concatenate([np.full(20_000, x[0]), x])
    again = arrival_report(late, RATE_HZ, S + 20_000, vertical=True, ground=True)
    assert again["at_s"] == pytest.approx(ground["at_s"] + 200.0, abs=0.02)


def test_anchorage_2018_has_the_period_of_a_large_earthquake():
    folder = shared_data("atwood-2018-anchorage")
    (vertical,) = [
        r for r in read_records(sorted(folder.glob("*HNZ*.V1c"))) if "Basement" in r.place
    ]
    x = vertical.si()
    about = quiet_samples(x[np.newaxis], vertical.rate_hz) + 100
    found = arrival_report(x, vertical.rate_hz, about, vertical=True, ground=True)
    # By eye 30.2 s. log tau_c = (Mw - 5.787) / 3.373 of M 7.1 is 2.5 s, of 6.7 (-1 sigma) 1.9 s.
    assert found["at_s"] == pytest.approx(30.2, abs=0.05)
    assert 1.5 < found["early"]["tau_c_s"] < 3.0
    assert found["weight"] == 0
