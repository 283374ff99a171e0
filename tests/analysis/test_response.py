"""Response spectra: closed forms, the formulas of 1969, a slow integration, published spectra."""

import numpy as np
import pytest
from published_spectra import csmip_volume_3, smc_spectra
from scipy.integrate import solve_ivp
from where import shared_data

from plumbline.analysis.dsp.oscillator import Oscillator
from plumbline.analysis.ground_motion.response_spectrum import (
    refined,
    response_history,
    response_spectrum,
)
from plumbline.records import Quantity, read_records

RNG = np.random.default_rng(11)
MOTION = np.cumsum(RNG.normal(size=1200)) * np.hanning(1200) * 0.02


def nigam_jennings_1969(period_s, damping, dt):
    """The printed matrices (seismic.md 5.4), written out: another road to the same step."""
    w, z = 2 * np.pi / period_s, damping
    root = np.sqrt(1 - z * z)
    wd = w * root
    e, s, c = np.exp(-z * w * dt), np.sin(wd * dt), np.cos(wd * dt)
    q, p = (2 * z * z - 1) / (w * w * dt), 2 * z / (w**3 * dt)
    a = np.array(
        [[e * (z / root * s + c), e * s / wd], [-w / root * e * s, e * (c - z / root * s)]]
    )
    turn = wd * s + z * w * c
    b = np.array(
        [
            [
                e * ((q + z / w) * s / wd + (p + 1 / w**2) * c) - p,
                -e * (q * s / wd + p * c) - 1 / w**2 + p,
            ],
            [
                e * ((q + z / w) * (c - z / root * s) - (p + 1 / w**2) * turn) + 1 / (w * w * dt),
                -e * (q * (c - z / root * s) - p * turn) - 1 / (w * w * dt),
            ],
        ]
    )
    return a, b


@pytest.mark.parametrize("period_s", [0.1, 0.3, 1.0, 3.0, 7.8])
@pytest.mark.parametrize("damping", [0.02, 0.05, 0.2])
def test_the_step_is_that_of_nigam_and_jennings(period_s, damping):
    dt = 0.01
    a, b = Oscillator(period_s=period_s, damping=damping).step(1 / dt)
    a_1969, b_1969 = nigam_jennings_1969(period_s, damping, dt)
    np.testing.assert_allclose(a, a_1969, rtol=1e-10, atol=1e-13)
    # The printed formulas lose digits in B where a period has many samples.
    np.testing.assert_allclose(b, b_1969, rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize(
    # seismic.md 5.4: a step of 1 gal, 5 %; largest displacement in cm, to six decimals.
    ("period_s", "sd_cm"),
    [(0.3, 0.004228), (1.0, 0.046974), (3.0, 0.422768), (7.8, 2.857912)],
)
def test_a_step_of_one_gal_moves_the_oscillator_as_tabled(period_s, sd_cm):
    z, w = 0.05, 2 * np.pi / period_s
    # The peak comes after half a damped period: let a sample fall on it.
    rate_hz = 1000 * w * np.sqrt(1 - z * z) / np.pi
    found = response_spectrum(np.full(4000, 0.01), rate_hz, [period_s])
    assert found.sd_m[0] * 100 == pytest.approx(sd_cm, abs=5e-7)
    closed_form = 0.01 * (1 + np.exp(-z * np.pi / np.sqrt(1 - z * z))) / w**2
    assert found.sd_m[0] == pytest.approx(closed_form, rel=1e-9)


@pytest.mark.parametrize(
    # seismic.md 5.3: steady harmonic ground acceleration of 1 gal at the oscillator's period;
    # absolute velocity response in cm/s, to four decimals.
    ("period_s", "sva_cms"),
    [(1.6, 2.5592), (3.0, 4.7985), (5.0, 7.9974), (7.8, 12.4760)],
)
def test_resonance_drives_the_absolute_velocity_to_its_tabled_height(period_s, sva_cms):
    rate_hz = 1000 / period_s
    t = np.arange(60 * 1000) / rate_hz
    ground = 0.01 * np.cos(2 * np.pi * t / period_s)  # its velocity has no mean
    found = response_spectrum(ground, rate_hz, [period_s])
    assert found.sva_ms[0] * 100 == pytest.approx(sva_cms, abs=1e-4)


@pytest.mark.parametrize("period_s", [0.25, 1.0, 4.0])
def test_a_general_solver_finds_the_same_motion(period_s):
    rate_hz, z = 50.0, 0.05
    w = 2 * np.pi / period_s
    t = np.arange(MOTION.size) / rate_hz

    def slope(time, state):
        return [state[1], -2 * z * w * state[1] - w * w * state[0] - np.interp(time, t, MOTION)]

    slow = solve_ivp(
        slope, (0, t[-1]), [0, 0], t_eval=t, max_step=1 / rate_hz, rtol=1e-8, atol=1e-12
    )
    u, v = response_history(MOTION, rate_hz, Oscillator(period_s=period_s, damping=z))
    np.testing.assert_allclose(u, slow.y[0], atol=2e-5 * np.abs(u).max())
    np.testing.assert_allclose(v, slow.y[1], atol=2e-5 * np.abs(v).max())


@pytest.mark.parametrize(("period_s", "limit_m"), [(0.1, 0.02), (2.5, 0.03)])
def test_duhamel_s_integral_finds_the_same_motion_of_eqsig_s_record(period_s, limit_m):
    """The limits are those of eqsig's own test: the sum of all differences."""
    record = read_records(
        [shared_data("response-spectra-reference") / "eqsig_test_motion_dt0p01.txt"],
        columns=["a"], unit="m/s2",
    )[0]  # fmt: skip
    accel, dt, z, w = record.si(), 0.01, 0.05, 2 * np.pi / period_s
    wd, t = w * np.sqrt(1 - z * z), np.arange(record.values.size) * dt
    impulse = -np.exp(-z * w * t) * np.sin(wd * t) / wd
    slow = np.convolve(accel, impulse)[: t.size] * dt
    u, _ = response_history(accel, 100.0, Oscillator(period_s=period_s, damping=z))
    assert np.abs(u - slow).sum() < limit_m


def test_a_very_stiff_oscillator_feels_the_ground_itself():
    found = response_spectrum(MOTION, 100, [0.005])
    assert found.sa_ms2[0] == pytest.approx(np.abs(MOTION).max(), rel=0.01)
    assert found.psa_ms2[0] == pytest.approx(np.abs(MOTION).max(), rel=0.01)


def test_a_very_soft_oscillator_stays_where_it_is():
    t = np.arange(2000) / 100
    ground = np.gradient(np.gradient(np.hanning(2000) * np.sin(2 * np.pi * t / 5), 0.01), 0.01)
    found = response_spectrum(ground, 100, [2000.0], damping=0.0)
    displacement = np.hanning(2000) * np.sin(2 * np.pi * t / 5)
    assert found.sd_m[0] == pytest.approx(np.abs(displacement).max(), rel=0.01)


def test_pseudo_spectra_are_the_displacement_times_frequency():
    found = response_spectrum(MOTION, 50, [0.5, 1.0, 2.0])
    w = 2 * np.pi / found.periods_s
    np.testing.assert_allclose(found.psv_ms, w * found.sd_m)
    np.testing.assert_allclose(found.psa_ms2, w**2 * found.sd_m)


def test_short_periods_are_seen_between_the_samples():
    coarse = response_spectrum(MOTION, 50, [0.05]).sd_m[0]
    # The same straight lines sampled ten times finer.
    fine = response_spectrum(refined(MOTION, 10), 500, [0.05]).sd_m[0]
    assert coarse == pytest.approx(fine, rel=0.05)


def test_refining_keeps_every_sample_and_adds_only_straight_lines():
    out = refined(np.array([[0.0, 3.0, 0.0]]), 3)
    np.testing.assert_allclose(out, [[0, 1, 2, 3, 2, 1, 0]])


def test_axes_are_measured_each_for_itself():
    both = response_spectrum(np.array([MOTION, -2 * MOTION]), 50, [0.5, 1.0])
    one = response_spectrum(MOTION, 50, [0.5, 1.0])
    np.testing.assert_allclose(both.sd_m[0], one.sd_m)
    np.testing.assert_allclose(both.sva_ms[1], 2 * one.sva_ms)


@pytest.mark.parametrize(
    ("accel", "rate_hz", "periods", "damping"),
    [([], 100, [1.0], 0.05), ([np.nan], 100, [1.0], 0.05), ([1.0], 0, [1.0], 0.05),
     ([1.0, 2.0], 100, [0.0], 0.05), ([1.0, 2.0], 100, [1.0], 1.0)],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused(accel, rate_hz, periods, damping):
    with pytest.raises(ValueError):
        response_spectrum(accel, rate_hz, periods, damping)


CSMIP = [
    ("csmip-v2", "CE89146"),
    ("painter-street-1992", "CHAN4"),
    ("painter-street-1992", "CHAN7"),
]


@pytest.mark.parametrize(("folder", "name"), CSMIP)
def test_csmip_s_spectra_are_met(folder, name):
    folder = shared_data(folder)
    records = [
        record
        for record in read_records([folder / f"{name}.V2"])
        if record.quantity is Quantity.ACCELERATION
    ]
    compared = 0
    for published in csmip_volume_3(folder / f"{name}.V3"):
        if published.damping == 0:
            continue  # never forgets its start, which the file does not have
        record = records[published.channel - 1]
        found = response_spectrum(
            record.si(), record.rate_hz, published.periods_s, published.damping
        )
        off = np.abs(found.sd_m / published.sd_m - 1)
        assert np.median(off) < 0.0015
        assert off.max() < 0.01
        compared += 1
    assert compared >= 3


def test_the_usgs_s_spectra_of_berkeley_are_met():
    folder = shared_data("berkeley-2018-np1103")
    files = sorted(folder.glob("*.rs2"))
    assert len(files) == 7
    for path in files:
        record = read_records([path.with_name(path.name.replace("_r.rs2", "_a.smc"))])[0]
        for published in smc_spectra(path):
            if published.damping not in (0.02, 0.05, 0.10):
                continue
            kept = (published.periods_s >= 0.1) & (published.periods_s <= 5)
            found = response_spectrum(
                record.si(), record.rate_hz, published.periods_s[kept], published.damping
            )
            off = np.abs(found.sd_m / published.sd_m[kept] - 1)
            assert np.median(off) < 1e-3
            assert off.max() < 0.01  # the README's tolerance


def test_seismosignal_s_and_eqsig_s_spectra_are_met():
    folder = shared_data("response-spectra-reference")
    table = np.loadtxt(folder / "SeismoSignal_Imperial_Valley.txt", skiprows=5, encoding="latin-1")[
        1:
    ]
    record = read_records([folder / "Imperial_Valley.dat"], columns=["t", "a"], unit="m/s2")[0]
    found = response_spectrum(record.si(), record.rate_hz, table[:, 0])
    assert np.median(np.abs(found.psa_ms2 / table[:, 10] - 1)) < 1e-3
    assert np.median(np.abs(found.sa_ms2 / table[:, 1] - 1)) < 1e-3

    table = np.genfromtxt(
        folder / "eqsig_test_motion_true_spectra_acc.csv",
        delimiter=",", skip_header=1, encoding="utf-8-sig",
    )  # fmt: skip
    table = table[table[:, 0] >= 0.1]
    record = read_records([folder / "eqsig_test_motion_dt0p01.txt"], columns=["a"], unit="m/s2")[0]
    found = response_spectrum(record.si(), record.rate_hz, table[:, 0])
    off = np.abs(found.psa_ms2 / 9.81 / table[:, 1] - 1)
    assert np.median(off) < 1e-3
    assert off.max() < 0.022


def test_mexico_city_shakes_hardest_at_two_seconds():
    records = read_records(
        [shared_data("sct-1985-mexico") / "sct190985.txt"],
        columns=["t", "NS", "EW", "UD"], unit="g",
    )  # fmt: skip
    periods = [1, 1.5, 2, 2.5, 3]
    # The README's own table, gal; it removed another mean, hence 2 %.
    for record, sa_gal in zip(
        records[:2], [(180, 231, 589, 323, 214), (235, 420, 971, 699, 315)], strict=True
    ):
        found = response_spectrum(record.si(), record.rate_hz, periods)
        np.testing.assert_allclose(found.sa_ms2 * 100, sa_gal, rtol=0.02)
