"""Hampel's filter: spikes against the median of their neighbours."""

import math

import numpy as np
import pytest

from plumbline.analysis.statistics.hampel import hampel


def test_hampel_flags_a_spike_and_offers_its_neighbours_median():
    y = np.sin(np.arange(60) / 10)
    y[30] += 5.0
    found = hampel(y, half_window=4)
    assert np.flatnonzero(found.outlier).tolist() == [30]
    assert found.median[30] == pytest.approx(math.sin(3.0), abs=0.15)


def test_hampel_is_a_plain_loop_over_windows():
    rng = np.random.default_rng(13)
    y = rng.standard_t(2, 80)
    y[11] = np.nan
    found = hampel(y, half_window=5)
    for i in range(80):
        window = y[max(0, i - 5) : i + 6]
        median = np.nanmedian(window)
        mad = 1.482602218505602 * np.nanmedian(np.abs(window - median))
        assert found.median[i] == median
        assert found.outlier[i] == bool(abs(y[i] - median) > 3 * mad)


def test_a_coarse_digit_is_no_spike_under_a_floor():
    y = np.full(30, 10.0)
    y[15] = 10.1
    assert hampel(y).outlier[15]
    assert not hampel(y, floor=0.1).outlier.any()
