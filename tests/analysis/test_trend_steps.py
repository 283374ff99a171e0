"""Steps that last, transients that do not, drift that is neither."""

import io
import zipfile

import numpy as np
import pytest
from where import shared_data

from plumbline.analysis.trend.change_point import lasting_levels
from plumbline.analysis.trend.steps import steps

TIME = np.arange(0.0, 720.0, 0.1)


def noisy(seed: int, sigma: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, sigma, TIME.size)


def test_a_step_is_found_with_its_time_its_size_and_an_interval():
    found = steps(TIME, noisy(1) + 2.0 * (TIME >= 300.0))
    (step,) = found.steps
    assert step.time_s == pytest.approx(300.0, abs=2.0)
    assert step.low <= 2.0 <= step.high
    assert abs(step.size) > found.limit


def test_noise_alone_has_no_steps():
    assert not any(steps(TIME, noisy(seed)).steps for seed in range(40))


def test_a_passage_shorter_than_the_hold_is_a_transient():
    found = steps(TIME, noisy(2, 0.2) + 5.0 * ((TIME > 200) & (TIME < 215)), hold_s=24.0)
    assert not found.steps
    (passing,) = found.transients
    assert (passing.start_s, passing.end_s) == pytest.approx((200, 215), abs=2)
    assert passing.peak == pytest.approx(5.0, abs=0.4)


def test_the_same_excursion_held_longer_is_two_steps():
    found = steps(TIME, noisy(2, 0.2) + 5.0 * ((TIME > 200) & (TIME < 260)), hold_s=24.0)
    assert [round(step.time_s) for step in found.steps] == pytest.approx([200, 260], abs=2)
    assert not found.transients


def test_a_steady_drift_has_no_steps():
    for rate in (0.01, 0.1, -1.0):
        assert not steps(TIME, noisy(3) + rate * TIME).steps


def test_a_step_on_a_drift_is_told_from_the_drift():
    (step,) = steps(TIME, noisy(4) + 0.02 * TIME - 3.0 * (TIME >= 400)).steps
    assert step.size == pytest.approx(-3.0, abs=0.6)


def test_a_random_walk_seldom_claims_a_step():
    claimed = 0
    for seed in range(40):
        walk = np.cumsum(np.random.default_rng(seed).normal(0, 0.05, TIME.size))
        claimed += bool(steps(TIME, walk + noisy(seed)).steps)
    assert claimed <= 4


def test_missing_readings_and_times_of_any_origin_change_nothing_but_the_time():
    y = noisy(5) + 4.0 * (TIME >= 350)
    holed = y.copy()
    holed[1000:1040] = np.nan
    (plain,) = steps(TIME, y).steps
    (later,) = steps(TIME + 1.7e9, holed).steps
    assert later.time_s - 1.7e9 == pytest.approx(plain.time_s, abs=1.0)
    assert later.size == pytest.approx(plain.size, abs=0.2)


def test_too_few_readings_tell_no_step():
    with pytest.raises(ValueError, match="48 readings"):
        steps(np.arange(40.0), np.zeros(40))


@pytest.mark.parametrize(("hold_s", "why"), [(0.5, "too short"), (400.0, "four times")])
def test_a_hold_the_record_cannot_carry_is_refused(hold_s, why):
    with pytest.raises(ValueError, match=why):
        steps(TIME, noisy(6), hold_s=hold_s)


def test_lasting_levels_are_the_cheapest_of_all_by_brute_force():
    y = np.array([0.0, 0.1, -0.1, 0.0, 3.0, 0.1, 5.0, 5.1, 4.9, 5.0, 5.0, 5.1])
    found = lasting_levels(y, sigma=0.5, hold=3)
    assert found.starts.tolist() == [0, 6]
    assert np.flatnonzero(found.outlier).tolist() == [4]

    def cost(start: int) -> float:
        halves = (y[:start], y[start:])
        return sum(
            min(
                np.sum(np.minimum(((part - level) / 0.5) ** 2, 9.0))
                for level in np.linspace(0, 5, 201)
            )
            for part in halves
        )

    assert min(range(1, 12), key=cost) == 6


def test_a_series_without_readings_has_no_levels():
    found = lasting_levels(np.full(5, np.nan), sigma=1.0, hold=2)
    assert np.all(np.isnan(found.level))


@pytest.fixture(scope="module")
def bridge():
    name = "UniBw_2022-04-11_ref_support_load_01AllM100Hz.csv.zip"
    content = (shared_data("munich-bridge-load-test") / name).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    header, *rows = text.splitlines()
    table = np.array([[float(w) for w in row.split(",")[1:]] for row in rows])
    names = [name.split(" ")[0] for name in header.split(",")[1:]]
    return {name: steps(np.arange(len(rows)) / 100.0, table[:, i]) for i, name in enumerate(names)}


def test_the_bearing_force_steps_four_times_as_the_lorry_moves(bridge):
    found = [step.time_s for step in bridge["FRC-01"].steps]
    assert found == pytest.approx([110, 230, 367, 496], abs=3)


def test_the_strain_steps_twice(bridge):
    assert [step.time_s for step in bridge["DMS_AS"].steps] == pytest.approx([109, 231], abs=3)


@pytest.mark.parametrize("channel", ["FRC-01", "DMS_AS"])
def test_three_passages_are_transients(bridge, channel):
    passages = [(16, 28), (66, 78), (537, 549)]
    found = bridge[channel].transients
    assert len(found) == 3
    for each, (start, end) in zip(found, passages, strict=True):
        assert start - 3 <= each.start_s < each.end_s <= end + 3


def test_the_inclinometer_claims_only_what_exceeds_its_stated_limit(bridge):
    found = bridge["INC01"]
    for step, near in zip(found.steps, [111, 235], strict=True):
        assert step.time_s == pytest.approx(near, abs=3)
        assert abs(step.size) > found.limit
        assert step.low < step.size < step.high
    assert abs(found.steps[0].size) < 0.005  # degrees, under a signal swinging by 0.3
