"""Z-detect: standard deviations above the usual, by the paper and in a stream."""

import numpy as np
import pytest
from obspy.signal.trigger import z_detect as obspy_z_detect

from plumbline.analysis.trigger.stalta import Averages
from plumbline.analysis.trigger.zdetect import ZDetectBank, z_detect


def test_a_whole_record_gives_what_obspy_gives():
    x = np.random.default_rng(1).normal(size=2000)
    x[1200:1300] *= 6
    ours, theirs = z_detect(x, 30), obspy_z_detect(x, 30)
    # ObsPy's comes one sample later and repeats one value; the mean and deviation of the
    # whole record notice that by a thousandth.
    np.testing.assert_allclose(ours[31:-1], theirs[32:], atol=5e-3)


def test_silence_has_no_deviations():
    assert np.all(z_detect(np.zeros(100), 10) == 0)


def test_a_burst_stands_out_of_its_own_past_by_the_closed_form():
    # Alternating powers 1 and 3 have mean 2 and standard deviation 1.
    averages = Averages(sta_s=1.0, lta_s=1000.0, learning_s=1000.0)
    bank = ZDetectBank(averages, 1.0, np.array([2.0]))
    free = np.array([False])
    for i in range(999):
        bank.step(np.array([1.0 + 2 * (i % 2)]), free)
    z = bank.step(np.array([12.0]), free)
    # The seeded variance, 2 squared, is one of a thousand values.
    assert z[0] == pytest.approx(10.0, rel=0.01)


def test_frozen_statistics_stand_still():
    averages = Averages(sta_s=1.0, lta_s=100.0)
    bank = ZDetectBank(averages, 1.0, np.array([1.0]))
    first = bank.step(np.array([50.0]), np.array([True]))
    again = bank.step(np.array([50.0]), np.array([True]))
    assert first[0] == again[0]


def test_a_channel_that_never_moves_stays_finite():
    bank = ZDetectBank(Averages(sta_s=1.0, lta_s=10.0), 1.0, np.array([1e-8]))
    for _ in range(500):
        z = bank.step(np.array([0.0]), np.array([False]))
    assert np.isfinite(z[0])
    z = bank.step(np.array([1e-8]), np.array([False]))
    assert 0 < z[0] < 100
