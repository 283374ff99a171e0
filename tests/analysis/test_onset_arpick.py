"""The AR-AIC picker on the record its published pick belongs to."""

from pathlib import Path

import numpy as np
import obspy.signal.trigger
import pytest

from plumbline.analysis.trigger.arpick import (
    ArPicker,
    Refinement,
    ar_aic_onset,
    ar_pick,
    burg,
    prediction_error,
    sliding_onset,
)

FOLDER = Path(obspy.__file__).parent / "signal" / "tests" / "data"


@pytest.fixture(scope="module")
def record():
    rows = [np.loadtxt(FOLDER / f"loc_RJOB20050801145719850.{c}") for c in "zne"]
    return np.array(rows)


def test_p_is_picked_on_the_published_sample(record):
    picks = ar_pick(record[0], record[1:], 200.0)
    # Published 30.6350002289 s, a float32: sample 6127 at 200 Hz.
    assert picks.p_s == pytest.approx(30.635, abs=1e-9)


def test_s_is_picked_where_the_published_version_picks_it(record):
    picks = ar_pick(record[0], record[1:], 200.0, ArPicker(refine_s=Refinement.SLIDING))
    assert picks.s_s == pytest.approx(31.165, abs=0.05)


@pytest.mark.parametrize("model_s", [0.15, 0.2, 0.25, 0.3])
def test_the_published_version_moves_with_its_models_as_obspys_does(record, model_s):
    picker = ArPicker(refine_s=Refinement.SLIDING, model_s_s=model_s)
    theirs = obspy.signal.trigger.ar_pick(
        *record, 200.0, 1.0, 20.0, 1.0, 0.1, 4.0, 1.0, 2, 8, 0.1, model_s
    )
    assert ar_pick(record[0], record[1:], 200.0, picker).s_s == pytest.approx(theirs[1], abs=0.05)


def test_by_default_s_is_picked_at_the_visible_arrival(record):
    # On both horizontals the large arrival begins at 31.30 s.
    picks = ar_pick(record[0], record[1:], 200.0)
    assert picks.s_s == pytest.approx(31.30, abs=0.02)


@pytest.mark.parametrize("n_model", [30, 50])
def test_the_sliding_windows_begin_one_window_before_a_burst(n_model):
    # Errors are large only in the burst: the two windows meet in it.
    rng = np.random.default_rng(8)
    x = rng.normal(size=800)
    x[400:410] *= 20
    assert 400 - n_model <= sliding_onset(x, 2, n_model) <= 410 - n_model


def test_a_window_too_short_to_slide_in_is_refused():
    with pytest.raises(ValueError, match="too few"):
        sliding_onset(np.ones(60), 2, 20)


def test_amplitude_does_not_move_a_pick(record):
    for picker in (ArPicker(), ArPicker(refine_s=Refinement.SLIDING)):
        weaker = ar_pick(record[0] / 10, record[1:] / 10, 200.0, picker)
        assert weaker == ar_pick(record[0], record[1:], 200.0, picker)


def test_burg_finds_the_coefficients_a_process_was_made_with():
    rng = np.random.default_rng(5)
    x = np.zeros(20000)
    for i in range(2, len(x)):
        x[i] = 1.6 * x[i - 1] - 0.8 * x[i - 2] + rng.normal()
    # Standard error of an AR(2) coefficient: sqrt((1 - 0.8**2) / n) = 0.004.
    np.testing.assert_allclose(burg(x, 2), [1.6, -0.8], atol=0.015)


def test_a_sine_is_predicted_to_nothing():
    x = np.sin(0.3 * np.arange(200))
    error = prediction_error(x, np.array([2 * np.cos(0.3), -1.0]))
    np.testing.assert_allclose(error[2:], 0, atol=1e-12)


def test_the_change_from_one_process_to_another_is_found():
    rng = np.random.default_rng(6)
    x = rng.normal(size=600)
    x[350:] = 4 * np.convolve(rng.normal(size=250), [1, 0.9, 0.5], "same")
    assert abs(ar_aic_onset(x, 2, 40) - 350) <= 6


def test_a_window_too_short_for_two_models_is_refused():
    with pytest.raises(ValueError, match="too few"):
        ar_aic_onset(np.ones(30), 2, 20)


def test_a_record_without_room_for_the_averages_has_no_picks():
    picks = ar_pick(np.ones(50), np.ones((2, 50)), 100.0)
    assert picks.p_s is None
    assert picks.s_s is None
