"""What moved it: the classifier on motions whose cause is known, and why it says so."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from motions import GAL, ambient, blows, far, gusts, near

from plumbline.analysis.classify import (
    Cause,
    ClassifySettings,
    NodeMotion,
    Variant,
    classified,
    features,
)
from plumbline.analysis.classify.energy_shares import shares
from plumbline.analysis.classify.envelope import bursts, half_seconds

RATE_HZ = 100.0
BEFORE_S = 20.0
N = round((BEFORE_S + 100.0) * RATE_HZ)
TIME_S = np.arange(N) / RATE_HZ
FACTORS = {"0A": 1.0, "1A": 1.8, "3A": 3.0}


def node(code: str, x: np.ndarray, rms_gal: float = 0.05, seed: int = 0) -> NodeMotion:
    """Put a motion on three axes over ambient noise; the last is vertical."""
    rng = np.random.default_rng(seed + sum(map(ord, code)))
    rows = np.stack([ambient(rng, N, RATE_HZ, rms_gal) for _ in range(3)])
    rows += np.broadcast_to(x, (3, N)) * np.array([[1.0], [0.7], [0.5]])
    return NodeMotion(
        code=code, ground=code.startswith("0"), accel_ms2=rows, rate_hz=RATE_HZ,
        before_s=BEFORE_S, vertical=2,
    )  # fmt: skip


def tower(x: np.ndarray, factors: dict[str, float] | None = None) -> list[NodeMotion]:
    return [node(code, factor * x) for code, factor in (factors or FACTORS).items()]


def starting(wave: np.ndarray, start_s: float = BEFORE_S) -> np.ndarray:
    """Return a wave that begins where the rest ends."""
    out = np.zeros(N)
    first = round(start_s * RATE_HZ)
    out[first:] = wave[: N - first]
    return out


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def quake() -> np.ndarray:
    return near(rng(), N, RATE_HZ, 60, BEFORE_S + 1, seconds=40.0)


def distant() -> np.ndarray:
    return far(TIME_S, 3.0, 4.0, BEFORE_S, 20.0, 30.0, 40.0)


def piling() -> np.ndarray:
    return starting(blows(rng(), N, RATE_HZ, 60, per_s=0.7))


def wind() -> np.ndarray:
    return starting(gusts(rng(), N, RATE_HZ, 8.0, freq_hz=0.33))


def crane() -> np.ndarray:
    t = np.arange(N) / RATE_HZ
    return starting(10 * GAL * np.exp(-t / 20) * np.sin(2 * np.pi * 0.33 * t))


def roller() -> np.ndarray:
    return starting(20 * GAL * np.sin(2 * np.pi * 28.0 * np.arange(N) / RATE_HZ))


def walking() -> np.ndarray:
    x = blows(rng(), N, RATE_HZ, 10, per_s=1.9, freq_hz=17.0, decay_s=0.06)
    return starting(np.where(np.arange(N) < 15 * RATE_HZ, x, 0.0))


def vehicle() -> np.ndarray:
    shape = np.exp(-(((TIME_S - BEFORE_S - 15) / 4.0) ** 2))
    return (
        15 * GAL * shape * np.sin(2 * np.pi * (15 * TIME_S + np.cumsum(rng().normal(size=N)) / 50))
    )


ROOF = {"0A": 0.004, "1A": 0.4, "3A": 1.0}
FLOOR = {"0A": 0.0, "1A": 1.0, "3A": 0.0}

KNOWN = {
    "near earthquake in a tower": (tower(quake()), Cause.EARTHQUAKE, Variant.NONE),
    "near earthquake on a lone node": ([node("0A", quake())], Cause.EARTHQUAKE, Variant.NONE),
    "far earthquake in a tower": (tower(distant()), Cause.EARTHQUAKE, Variant.NONE),
    "far earthquake on a lone node": ([node("0A", distant())], Cause.EARTHQUAKE, Variant.NONE),
    "far earthquake that a tall roof magnifies": (
        tower(distant(), {"0A": 1.0, "1A": 7.0, "3A": 12.0}),
        Cause.EARTHQUAKE,
        Variant.NONE,
    ),
    "wind": (tower(wind(), ROOF), Cause.SWAY, Variant.WIND),
    "crane": (tower(crane(), ROOF), Cause.SWAY, Variant.CRANE),
    "piling on all floors": (
        tower(piling(), dict.fromkeys(FACTORS, 1.0)),
        Cause.CONSTRUCTION,
        Variant.BLOWS,
    ),
    "piling on a lone node": ([node("0A", piling())], Cause.CONSTRUCTION, Variant.BLOWS),
    "roller beside the tower": (
        tower(roller(), {"0A": 1.0, "1A": 0.5, "3A": 0.3}),
        Cause.CONSTRUCTION,
        Variant.MACHINE,
    ),
    "walking on a floor": (tower(walking(), FLOOR), Cause.TRANSIENT, Variant.FOOTFALL),
    "walking past a lone node": ([node("1A", walking())], Cause.TRANSIENT, Variant.FOOTFALL),
    "vehicle on the ground": (
        tower(vehicle(), {"0A": 1.0, "1A": 0.0, "3A": 0.0}),
        Cause.TRANSIENT,
        Variant.VEHICLE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_a_motion_of_known_cause_is_recognised(name: str):
    nodes, cause, variant = KNOWN[name]
    found = classified(nodes)
    assert (found.cause, found.variant) == (cause, variant), found


def stuck(x: np.ndarray) -> None:
    x[:, round((BEFORE_S + 5) * RATE_HZ) :] = 20.0  # at the end of its range


def stepped(x: np.ndarray) -> None:
    x[1, round((BEFORE_S + 30) * RATE_HZ) :] += 0.3


def spiked(x: np.ndarray) -> None:
    at = rng().integers(round(BEFORE_S * RATE_HZ), N, 40)
    x[2, at] += 5.0


def humming(x: np.ndarray) -> None:
    x += 0.05 * np.sin(2 * np.pi * 42.0 * TIME_S)


def one_axis(x: np.ndarray) -> None:
    x[0] += starting(rng().normal(size=N) * 0.5)


FAULTS = {
    Variant.STUCK: stuck,
    Variant.STEP: stepped,
    Variant.SPIKES: spiked,
    Variant.HUM: humming,
    Variant.ONE_AXIS: one_axis,
}


@pytest.mark.parametrize("variant", FAULTS)
def test_a_broken_instrument_is_no_cause_of_motion(variant: Variant):
    nodes = tower(np.zeros(N))
    broken = nodes[1].accel_ms2.copy()
    FAULTS[variant](broken)
    if variant is Variant.HUM:  # all axes of an instrument hum beside a machine: one must be alone
        nodes = [dataclasses.replace(nodes[1], accel_ms2=broken[:1], vertical=None)]
    else:
        nodes[1] = dataclasses.replace(nodes[1], accel_ms2=broken)
    found = classified(nodes)
    assert (found.cause, found.variant) == (Cause.FAULT, variant), found


def test_an_axis_that_hums_is_left_out_and_the_earthquake_beside_it_is_seen():
    nodes = tower(quake())
    humming(nodes[0].accel_ms2[:1])
    assert classified(nodes).cause is Cause.EARTHQUAKE


def test_the_verdict_tells_the_numbers_that_decided():
    found = classified(KNOWN["wind"][0])
    assert found.evidence[0].cause is Cause.SWAY
    assert "the ground 0.0" in found.because
    assert "near 0.3" in found.because
    assert found.points[Cause.SWAY] > found.points[Cause.EARTHQUAKE] + 1


def test_thresholds_are_settings():
    strict = ClassifySettings(still_ratio=1e-6, narrow_share=0.999)
    assert classified(KNOWN["wind"][0], strict).cause is not Cause.SWAY


def test_too_little_to_tell_is_unknown():
    demanding = ClassifySettings(least=100.0)
    found = classified(KNOWN["piling on a lone node"][0], demanding)
    assert found.cause is Cause.UNKNOWN
    assert found.because == "nothing speaks clearly for one cause"


@given(size=st.floats(0.5, 4.0), offset=st.floats(-9.81, 9.81))
def test_neither_gravity_nor_polarity_matters(size: float, offset: float):
    plain = features(KNOWN["near earthquake in a tower"][0])
    turned = [
        dataclasses.replace(n, accel_ms2=-n.accel_ms2 + offset)
        for n in KNOWN["near earthquake in a tower"][0]
    ]
    other = features(turned)
    assert other.ground_ratio == pytest.approx(plain.ground_ratio, rel=1e-6)
    assert other.shares.high == pytest.approx(plain.shares.high, rel=1e-6)
    assert other.shaken_s == plain.shaken_s


def test_shares_of_two_tones_are_those_of_their_powers():
    t = np.arange(60 * 100) / 100.0
    x = np.sin(2 * np.pi * 0.5 * t) + 2.0 * np.sin(2 * np.pi * 8.0 * t)
    found = shares(x, 100.0, 1.0, 5.0)
    assert found.low == pytest.approx(1 / 5, abs=1e-3)  # amplitudes 1 and 2: powers 1 and 4
    assert found.high == pytest.approx(4 / 5, abs=1e-3)
    assert found.tone_hz == pytest.approx(8.0, abs=0.02)
    assert found.tone == pytest.approx(4 / 5, abs=1e-3)


def test_bursts_are_counted_with_their_interval():
    x = np.zeros((1, 3000))
    t = np.arange(40) / 100.0
    for k in range(14):
        x[0, 100 + 200 * k : 140 + 200 * k] = np.exp(-t / 0.1) * np.sin(2 * np.pi * 10 * t)
    found = bursts(x, 100.0)
    assert found.times_s.size == 14
    assert found.rate_hz == pytest.approx(0.5)
    assert found.irregularity < 0.06
    assert found.depth < 0.05


def test_half_seconds_of_a_sine_are_its_rms():
    x = 3.0 * np.sin(2 * np.pi * 4.0 * np.arange(1000) / 100.0)[np.newaxis]
    np.testing.assert_allclose(half_seconds(x, 100.0), 3.0 / np.sqrt(2), rtol=1e-9)


def test_what_cannot_be_a_motion_is_refused():
    with pytest.raises(ValueError, match="less than a second"):
        NodeMotion(code="0A", ground=True, accel_ms2=np.zeros((3, 50)), rate_hz=100.0)
    with pytest.raises(ValueError, match="finite"):
        NodeMotion(code="0A", ground=True, accel_ms2=np.full((3, 500), np.nan), rate_hz=100.0)
    with pytest.raises(ValueError, match="without a node"):
        features([])
    with pytest.raises(ValueError, match="low_hz < high_hz"):
        ClassifySettings(low_hz=6.0)
