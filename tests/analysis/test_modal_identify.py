"""Modes are found without hand-picking, and nothing is found in noise."""

import numpy as np
import pytest
from scipy import signal
from shear_frame import frequencies_hz, newmark_free_decay, response, shapes
from where import shared_data

from plumbline.analysis.modal import identify, mac, ssi_cov


def nearest(modes, frequency_hz):
    return min(modes, key=lambda mode: abs(mode.frequency_hz - frequency_hz))


def test_the_closed_form_gives_the_printed_frequencies():
    printed = [0.88995, 2.59776, 4.09511, 5.26070, 6.00010]
    assert frequencies_hz(5, k_over_m=10_000 / 25.91 / 1.0) == pytest.approx(printed, abs=1e-4)


def test_an_ambient_shear_frame_within_0_3_per_cent_and_mac_above_0_99():
    # 30 min at 1 % damping: one standard error of f1 is sqrt(zeta / (4 pi f T)) = 0.07 %.
    floors = response(5, 0.89, 0.01, 50, 1800, np.random.default_rng(11), noise=0.1)
    found = identify(floors, 50.0).modes
    assert len(found) == 5
    for mode, f, shape in zip(found, frequencies_hz(5, 0.89), shapes(5), strict=True):
        assert mode.frequency_hz == pytest.approx(f, rel=0.003)
        assert mac(mode.shape, shape)[0, 0] > 0.99
        assert mode.damping == pytest.approx(0.01, abs=0.004)


def test_a_frame_shaken_at_its_base_needs_only_a_minute():
    floors, base = response(8, 0.6, 0.03, 100, 60, np.random.default_rng(2), base=True, noise=0.02)
    sensors = [2, 4, 7]
    found = identify(floors[sensors], 100.0, base[None, :])
    assert found.driven
    for f, shape in zip(frequencies_hz(8, 0.6)[:5], shapes(8)[:5], strict=True):
        mode = nearest(found.modes, f)
        assert mode.frequency_hz == pytest.approx(f, rel=0.003)
        assert mac(mode.shape, shape[sensors])[0, 0] > 0.99


def test_an_earthquakes_own_spectral_peaks_are_no_modes_when_the_base_is_known():
    rng = np.random.default_rng(5)
    rate_hz = 100.0
    colour = signal.butter(2, [1.9, 2.1], "band", fs=rate_hz, output="sos")
    ground = signal.sosfilt(colour, rng.normal(size=12_000)) + 0.02 * rng.normal(size=12_000)
    omega, zeta = 2 * np.pi * 3.3, 0.02
    b, a = signal.bilinear([2 * zeta * omega, omega**2], [1, 2 * zeta * omega, omega**2], rate_hz)
    roof = signal.lfilter(b, a, ground) + 1e-3 * rng.normal(size=12_000)
    own = np.arctan(omega / (2 * rate_hz)) * 2 * rate_hz / (2 * np.pi)  # the bilinear warp
    driven = identify(roof[None, :], rate_hz, ground[None, :]).modes
    assert [round(mode.frequency_hz, 1) for mode in driven] == [round(own, 1)]
    blind = identify(roof[None, :], rate_hz).modes
    assert any(abs(mode.frequency_hz - 2.0) < 0.1 for mode in blind)


@pytest.mark.parametrize("seed", range(5))
def test_white_noise_has_no_modes(seed):
    noise = np.random.default_rng(seed).normal(size=(4, 30_000))
    assert identify(noise, 50.0).modes == ()


# Data made by Newmark's average acceleration carry its period elongation:
# omega' = (2/dt) atan(omega dt/2), dt = 1/12 s.
@pytest.mark.parametrize(
    ("omega", "damping", "elongated", "frequency_hz"),
    [
        (1.13852, 0.0439, 1.13767, 0.18107),
        (3.32332, 0.0150, 3.30232, 0.52558),
        (5.23889, 0.0095, 5.15798, 0.82092),
        (6.73003, 0.0074, 6.56151, 1.04430),
        (7.67594, 0.0065, 7.42919, 1.18239),
    ],
)
def test_ssi_reads_newmarks_elongated_period_not_the_true_one(
    omega, damping, elongated, frequency_hz
):
    step_s = 1 / 12
    assert 2 / step_s * np.arctan(omega * step_s / 2) == pytest.approx(elongated, abs=6e-6)
    decay = newmark_free_decay(omega, damping, step_s, 4000)
    poles = ssi_cov(decay[None, :], 1 / step_s, 12, range(2, 4, 2))[0]
    # The correlation of one decay is the decay itself but for the end of the record. The printed
    # values neglect damping's own second-order part, 1e-4 at 4 %.
    assert poles.frequency_hz[0] == pytest.approx(frequency_hz, rel=3e-4)


def test_every_channel_may_have_its_own_unit():
    floors = response(5, 0.89, 0.02, 50, 600, np.random.default_rng(3))
    factors = np.array([1.0, 1e-5, 300.0, 1.0, 0.02])[:, None]
    plain = identify(floors, 50.0).modes
    mixed = identify(floors * factors, 50.0).modes
    assert [m.frequency_hz for m in mixed] == pytest.approx([m.frequency_hz for m in plain])
    for a, b in zip(plain, mixed, strict=True):
        assert mac(a.shape, b.shape / factors[:, 0])[0, 0] > 0.9999


def test_a_record_too_short_for_any_mode_is_refused():
    with pytest.raises(ValueError, match="too short"):
        identify(np.ones((2, 100)), 100.0)


def test_the_mast_shows_its_eleven_modes_and_little_else():
    motion = np.load(shared_data("mast-ambient") / "measurement_1.npy").T[:5]
    published = [1.228, 1.436, 2.100, 4.018, 4.770, 6.682, 7.616, 9.665, 12.166, 12.598, 13.854]
    found = [m.frequency_hz for m in identify(motion, 256.0).modes if 0.5 <= m.frequency_hz <= 15]
    assert len(found) <= 14
    for f in published:
        assert min(abs(f - g) for g in found) <= 0.03


@pytest.mark.parametrize(("event", "period_s"), [("northridge", 0.273), ("bonus", 0.270)])
def test_the_shake_tables_first_period_within_one_per_cent(event, period_s):
    folder = shared_data("shake-table-flexible3")
    rows = [
        np.genfromtxt(folder / f"{event}_{floor}_floor.csv", delimiter=",", skip_header=9)[:, 5]
        for floor in ("ground", "1st", "2nd", "3rd")
    ]
    n = min(row.size for row in rows)
    motion = np.stack([row[:n] for row in rows])
    first = identify(motion[1:], 120.0, motion[:1]).modes[0]
    assert first.period_s == pytest.approx(period_s, rel=0.01)
