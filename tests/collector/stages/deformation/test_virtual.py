"""Virtual channels give the right number or say what they lack, and nothing in between."""

import math

import numpy as np
import pytest
from deformation_rig import HOUR_NS, known, limit, settings, virtual

from plumbline.analysis.thermal.model import ThermalModel
from plumbline.collector.stages.deformation.channel_frame import ChannelFrame
from plumbline.collector.stages.deformation.channel_registry import ChannelRegistry, InvalidChannel
from plumbline.collector.stages.deformation.validation import limit_problems

NAN = math.nan
BEAMS = ["1A.LA", "2A.LA", "3A.LA"]


def frame(models=None, **streams):
    rows = {f"XX.TWR01.{name.replace('_', '.')}": v for name, v in streams.items()}
    arrays = {key: np.atleast_2d(np.asarray(v, float)) for key, v in rows.items()}
    n = next(iter(arrays.values())).shape[1]
    return ChannelFrame(time_ns=np.arange(n) * HOUR_NS, measured=arrays, models=models or {})


def channel(name, *given):
    return ChannelRegistry(given, known()).channel("TWR01", name)


def test_a_difference_is_one_minus_the_other():
    made = channel("twist", virtual(name="twist", kind="difference", of="1A.LA", minus="2A.LA"))
    found = made.series(frame(**{"1A_LA": [30.0, 5.0], "2A_LA": [10.0, 7.0]}))
    assert found.values.tolist() == [[20.0, -2.0]]
    assert found.quality(0) == ()


def test_a_difference_without_one_of_the_two_is_no_number_and_names_it():
    made = channel("twist", virtual(name="twist", kind="difference", of="1A.LA", minus="2A.LA"))
    found = made.series(frame(**{"1A_LA": [30.0, 5.0], "2A_LA": [NAN, 7.0]}))
    assert np.isnan(found.values[0, 0])
    assert found.quality(0) == ("2A.LA missing",)
    assert found.quality(1) == ()


def test_a_chain_sums_length_times_the_sine_of_each_beam():
    made = channel("raft", virtual(name="raft", kind="chain", of=BEAMS, length_m=[2.0, 3.0, 1.0]))
    found = made.series(frame(**{"1A_LA": [1000.0], "2A_LA": [-500.0], "3A_LA": [2000.0]}))
    # 2 m at 1 mrad: 2.0 mm down; 3 m at -0.5 mrad: 1.5 mm up; 1 m at 2 mrad: 2.0 mm down.
    np.testing.assert_allclose(found.values[:, 0], [2.0, 0.5, 2.5], atol=2e-6)


def test_a_chain_takes_its_lengths_from_the_inventory_and_its_start_from_a_cell():
    made = channel("raft", virtual(name="raft", kind="chain", of=BEAMS, start="0C.LD"))
    tilts = {"1A_LA": [1000.0], "2A_LA": [1000.0], "3A_LA": [1000.0]}
    found = made.series(frame(**tilts, **{"0C_LD": [5.0]}))
    np.testing.assert_allclose(found.values[:, 0], [7.0, 9.0, 11.0], atol=1e-5)


def test_a_missing_beam_leaves_the_joints_beyond_it_unknown_and_only_those():
    made = channel("raft", virtual(name="raft", kind="chain", of=BEAMS))
    found = made.series(frame(**{"1A_LA": [1000.0], "2A_LA": [NAN], "3A_LA": [1000.0]}))
    assert found.values[0, 0] == pytest.approx(2.0, abs=1e-5)
    assert np.isnan(found.values[1:, 0]).all()
    assert found.quality(0) == ("2A.LA missing",)


def test_a_joint_does_not_mind_the_beams_beyond_it():
    raft = virtual(name="raft", kind="chain", of=BEAMS)
    found = channel("raft.2", raft).series(
        frame(**{"1A_LA": [1000.0], "2A_LA": [1000.0], "3A_LA": [NAN]})
    )
    assert found.values[0, 0] == pytest.approx(4.0, abs=1e-5)
    assert found.quality(0) == ()


def test_a_mean_with_a_member_missing_says_so_and_with_too_few_is_none():
    made = channel("raft", virtual(name="raft", kind="mean", of=BEAMS))
    found = made.series(
        frame(**{"1A_LA": [10.0, 10.0, 10.0], "2A_LA": [20, 20, NAN], "3A_LA": [60.0, NAN, NAN]})
    )
    assert found.values[0, :2].tolist() == [30.0, 15.0]
    assert np.isnan(found.values[0, 2])
    assert [found.quality(at) for at in range(3)] == [
        (), ("3A.LA missing",), ("2A.LA missing", "3A.LA missing"),
    ]  # fmt: skip


def test_a_channel_made_of_virtual_ones_tells_what_their_members_lack():
    given = (
        virtual(name="west", kind="mean", of=["1A.LA", "2A.LA"], at_least=1),
        virtual(name="bend", kind="difference", of="3A.LA", minus="west"),
    )
    found = channel("bend", *given).series(
        frame(**{"1A_LA": [10.0], "2A_LA": [NAN], "3A_LA": [60.0]})
    )
    assert found.values[0, 0] == 50.0
    assert found.quality(0) == ("2A.LA missing",)


def model(**changed):
    words = {
        "version": "a", "from_d": 0.0, "to_d": 7.0, "lag_h": 2.0, "per_c": 3.0,
        "per_c_slow": None, "per_c_h": 0.0, "reference_c": 20.0, "trend_per_d": 0.0,
        "residual_sigma": 1.0, "r_squared": 0.9, "low_c": 15.0, "high_c": 30.0,
    }  # fmt: skip
    return ThermalModel(**words | changed)


COPY = {"kind": "compensated", "of": "1A.LA", "fit_from": "2026-03-01", "fit_to": "2026-03-15"}


def test_a_compensated_copy_has_the_part_of_the_lagged_temperature_taken_off():
    made = channel("cool", virtual(name="cool", version="a", **COPY))
    temperature = 20.0 + np.arange(12.0) / 2
    reading = 7.0 + 3.0 * (temperature - 1.0 - 20.0)  # two hours late: a degree behind
    found = made.series(frame({"TWR01/cool": model()}, **{"1A_LA": reading, "1A_LK": temperature}))
    np.testing.assert_allclose(found.values[0, 4:], 7.0, atol=1e-9)


def test_a_compensated_copy_without_a_model_is_no_number_and_says_why():
    made = channel("cool", virtual(name="cool", version="a", **COPY))
    refused = {"TWR01/cool": "the temperature moved only 1.2 degC"}
    found = made.series(frame(refused, **{"1A_LA": [1.0] * 5, "1A_LK": [20.0] * 5}))
    assert np.isnan(found.values).all()
    assert "no model: the temperature moved only 1.2 degC" in found.quality(4)


def test_a_temperature_never_seen_in_the_window_is_told_as_extrapolation():
    made = channel("cool", virtual(name="cool", version="a", **COPY))
    warm = frame({"TWR01/cool": model()}, **{"1A_LA": [1.0] * 9, "1A_LK": [35.0] * 9})
    found = made.series(warm)
    assert np.isfinite(found.values[0, 6])
    assert found.quality(6) == ("temperature outside the range the model was fitted on",)


def test_the_newest_hour_waits_for_the_temperature_its_rate_needs():
    made = channel("cool", virtual(name="cool", version="a", **COPY))
    early = frame({"TWR01/cool": model(lag_h=0.0)}, **{"1A_LA": [1.0] * 6, "1A_LK": [20.0] * 6})
    assert np.isfinite(made.series(early).values[0]).tolist() == [True] * 5 + [False]


REFUSED = {
    "made of itself": (
        [
            {"name": "a", "kind": "difference", "of": "b", "minus": "1A.LA"},
            {"name": "b", "kind": "difference", "of": "a", "minus": "1A.LA"},
        ],
        [
            "channel[0]: it is made of itself: a -> b -> a",
            "channel[1]: it is made of itself: b -> a",
        ],
    ),
    "unknown": (
        [{"name": "a", "kind": "mean", "of": ["1A.LA", "9Z.LA"]}],
        ["channel[0]: no channel '9Z.LA' in structure 'TWR01'; did you mean"],
    ),
    "two axes": (
        [{"name": "a", "kind": "mean", "of": ["1A.LA", "0T.LA"]}],
        ["channel[0]: 0T.LA has the parts N, E; name one, as 0T.LAN"],
    ),
    "units": (
        [{"name": "a", "kind": "difference", "of": "1A.LA", "minus": "0C.LD"}],
        ["channel[0]: 0C.LD is in mm; expected urad"],
    ),
    "no partner": (
        [{"name": "a", "version": "1", **COPY, "of": "0C.LD"}],
        ["channel[0]: 0C.LD has no temperature_partner in the inventory"],
    ),
    "twice": (
        [{"name": "a", "kind": "mean", "of": ["1A.LA", "2A.LA"]}] * 2,
        ["channel[0]: 'a' is there twice", "channel[1]: 'a' is there twice"],
    ),
    "told once, where it is": (
        [
            {"name": "a", "kind": "mean", "of": ["1A.LA", "9Z.LA"]},
            {"name": "b", "kind": "difference", "of": "a", "minus": "1A.LA"},
        ],
        ["channel[0]: no channel '9Z.LA'"],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_had_is_a_problem_of_the_configuration(name):
    channels, expected = REFUSED[name]
    found = [str(each) for each in limit_problems(settings(channels=channels), known())]
    assert len(found) == len(expected), found
    for problem, words in zip(found, expected, strict=True):
        assert words in problem


def test_a_limit_must_be_of_what_its_channel_measures():
    given = settings(
        limit("0C.LD"),
        limit("0C.LD", of="differential_settlement"),
        limit("1A.LA", of="settlement"),
        limit("raft", of="settlement"),
        limit("0C.LD", of="settlement"),
        channels=[{"name": "raft", "kind": "chain", "of": BEAMS}],
    )
    found = [str(each) for each in limit_problems(given, known())]
    assert [each.partition(":")[0] for each in found] == [
        f"deformation.limit[{n}]" for n in range(3)
    ]
    assert "settlement of one point" in found[1]


def test_one_tiltmeter_never_yields_angular_distortion():
    with pytest.raises(ValueError, match="one tiltmeter measures the local rotation"):
        limit("1A.LA", of="angular_distortion")


def test_an_address_of_no_joint_is_refused():
    raft = virtual(name="raft", kind="chain", of=BEAMS)
    with pytest.raises(InvalidChannel, match="raft has the joints 1, 2, 3, not '7'"):
        channel("raft.7", raft)
