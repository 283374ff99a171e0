"""A channel's own faults are named with figures; honest records are left alone."""

import numpy as np
import pytest
from scipy import signal

from plumbline.analysis.quality import Defect, RecordPiece, Severity, completeness, examined, gaps
from plumbline.analysis.quality.completeness import incomplete
from plumbline.analysis.quality.floor import against_data_sheet, hum, noise_floor
from plumbline.analysis.quality.jumps import spikes, step
from plumbline.analysis.quality.stuck import clipping, flat_line, runs

RATE_HZ = 100.0
UG = 9.80665e-6


def quake(seed=0, seconds=120, rate_hz=RATE_HZ, counts_a_unit=1e6):
    """Quiet, then band-limited shaking that rises and dies, in whole counts."""
    rng = np.random.default_rng(seed)
    n = int(seconds * rate_hz)
    t = np.arange(n) / rate_hz
    envelope = 1e-4 + np.where(t > 20, (t - 20) * np.exp(-(t - 20) / 8) / 3, 0)
    sos = signal.butter(2, [0.3, 12], "band", fs=rate_hz, output="sos")
    return np.round(signal.sosfilt(sos, rng.normal(size=n)) * envelope * counts_a_unit)


def defects(values, **known):
    return [finding.defect for finding in examined(values, RATE_HZ, **known)]


@pytest.mark.parametrize("seed", range(10))
def test_an_honest_earthquake_has_no_defect(seed):
    assert defects(quake(seed)) == []


@pytest.mark.parametrize("coarse", [1.0, 50.0, 2000.0])
def test_an_honest_coarse_instrument_has_no_defect(coarse):
    values = np.round(quake(1) / coarse) + np.round(np.random.default_rng(2).normal(size=12_000))
    assert defects(values) == []


def test_a_pure_sine_is_not_clipped():
    t = np.arange(20_000) / RATE_HZ
    assert clipping(np.round(1000 * np.sin(2 * np.pi * 0.731 * t)), RATE_HZ) is None


def test_a_channel_that_never_moves_is_flat_and_nothing_else():
    (finding,) = examined(np.full(5000, 7.0), RATE_HZ)
    assert finding.defect is Defect.FLAT
    assert finding.severity is Severity.FAULT


def test_a_channel_that_stops_and_goes_on_is_at_fault():
    values = quake(3)
    values[5000:5600] = values[5000]
    finding = flat_line(values, RATE_HZ)
    assert finding.severity is Severity.FAULT
    assert finding.start_s == pytest.approx(50, abs=0.02)
    assert finding.end_s == pytest.approx(56, abs=0.02)


def test_padding_at_an_end_is_only_remarked():
    values = np.concatenate([quake(3), np.zeros(1000)])
    assert flat_line(values, RATE_HZ).severity is Severity.REMARK


def test_a_quiet_coarse_channel_repeats_itself_honestly():
    rng = np.random.default_rng(1)
    values = np.round(0.2 * rng.normal(size=50_000))  # 99 in 100 samples are zero
    assert flat_line(values, RATE_HZ) is None


def test_runs_against_a_slow_loop():
    values = np.random.default_rng(0).integers(0, 3, size=200).astype(float)
    starts, lengths = runs(values)
    slow, k = [], 0
    while k < values.size:
        end = k
        while end < values.size and values[end] == values[k]:
            end += 1
        slow.append((k, end - k))
        k = end
    assert list(zip(starts, lengths, strict=True)) == slow


def test_clipping_is_seen_without_knowing_the_range():
    values = np.clip(quake(4), -60_000, 60_000)
    assert Defect.CLIPPED in defects(values)


def test_clipping_is_seen_at_a_known_range():
    values = quake(4)
    top = np.max(np.abs(values))
    assert clipping(values, RATE_HZ, (-2 * top, 2 * top)) is None
    finding = clipping(values, RATE_HZ, (-top, top))
    assert finding.defect is Defect.CLIPPED


@pytest.mark.parametrize(("count", "severity"), [(1, Severity.REMARK), (25, Severity.FAULT)])
def test_single_bad_samples_are_counted(count, severity):
    values = quake(5)
    at = np.linspace(8000, 11_500, count).astype(int)
    values[at] += 300_000
    finding = spikes(values, RATE_HZ)
    assert finding.severity is severity
    assert finding.reason.startswith(f"{count} ")


def test_an_onset_a_step_and_a_burst_are_no_spikes():
    rng = np.random.default_rng(6)
    calm = rng.normal(size=4000)
    onset = calm.copy()
    onset[2000:] += 200 * np.sin(2 * np.pi * 5 * np.arange(2000) / RATE_HZ)
    stepped = calm.copy()
    stepped[2000:] += 200
    burst = calm.copy()
    burst[2000:2012] += 100 * (-1.0) ** np.arange(12)
    for values in (onset, stepped, burst):
        assert spikes(values, RATE_HZ) is None


def test_a_level_that_changes_for_good_is_a_step():
    rng = np.random.default_rng(7)
    values = rng.normal(size=20_000)
    values[12_000:] += 3
    finding = step(values, RATE_HZ)
    assert finding.start_s == pytest.approx(120, abs=5)
    assert "3" in finding.reason


def test_a_drift_and_a_swell_are_no_steps():
    rng = np.random.default_rng(8)
    t = np.linspace(0, 1, 20_000)
    for shape in (5 * t, 5 * np.exp(-(((t - 0.5) / 0.1) ** 2)), np.sin(2 * np.pi * t)):
        assert step(shape + 0.1 * rng.normal(size=t.size), RATE_HZ) is None


def test_mains_in_a_quiet_channel_are_heard():
    rng = np.random.default_rng(9)
    t = np.arange(20_000) / 200.0
    values = rng.normal(size=t.size) + 5 * np.sin(2 * np.pi * 60 * t)
    assert hum(values, 200.0).defect is Defect.HUM
    assert hum(rng.normal(size=t.size), 200.0) is None


@pytest.mark.parametrize(
    ("factor", "defect"), [(1.0, None), (3.0, None), (20.0, Defect.NOISY), (0.1, Defect.DEAF)]
)
def test_the_floor_is_held_against_the_data_sheet(factor, defect):
    rng = np.random.default_rng(10)
    noise = factor * 22.5 * UG * np.sqrt(RATE_HZ / 2) * rng.normal(size=20_000)
    finding = against_data_sheet(noise, RATE_HZ, 22.5)
    assert (finding.defect if finding else None) is defect


@pytest.mark.parametrize("seconds", [3, 10, 100])
def test_the_floor_is_the_density_the_noise_was_made_with(seconds):
    found = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        made = 22.5 * UG * np.sqrt(RATE_HZ / 2) * rng.normal(size=int(seconds * RATE_HZ))
        found.append(noise_floor(made, RATE_HZ))
    density = np.array([one.density_ug for one in found])
    # The quietest seconds are chosen, so short records read a little low.
    assert density.mean() == pytest.approx(22.5, rel=0.05)
    stated = np.mean([one.sigma_ug for one in found])
    assert 0.5 * density.std() < stated < 2 * density.std()


def test_an_earthquake_in_the_record_does_not_raise_the_floor():
    rng = np.random.default_rng(12)
    noise = 22.5 * UG * np.sqrt(RATE_HZ / 2) * rng.normal(size=int(60 * RATE_HZ))
    noise[3000:4000] += np.sin(np.arange(1000) / 5.0)
    assert noise_floor(noise, RATE_HZ).density_ug == pytest.approx(22.5, rel=0.1)


def test_gaps_and_overlaps_are_found_in_any_order():
    second = 1_000_000_000
    pieces = [
        RecordPiece(start_ns=20 * second, samples=1000),
        RecordPiece(start_ns=0, samples=1000),
        RecordPiece(start_ns=10 * second, samples=500),
        RecordPiece(start_ns=29 * second, samples=200),
    ]
    found = gaps(pieces, 100.0)
    assert [(gap.start_s, gap.seconds) for gap in found] == [(15, 5), (30, -1)]
    assert completeness(pieces, 100.0) == pytest.approx(1 - 5 / 31)
    assert incomplete(pieces, 100.0).severity is Severity.FAULT


def test_a_piece_inside_another_is_no_gap_afterwards():
    second = 1_000_000_000
    pieces = [
        RecordPiece(start_ns=0, samples=2000),
        RecordPiece(start_ns=5 * second, samples=100),
        RecordPiece(start_ns=20 * second, samples=100),
    ]
    assert [gap.seconds for gap in gaps(pieces, 100.0)] == [-15]
    assert completeness(pieces, 100.0) == 1.0


def test_a_whole_record_is_complete():
    assert incomplete([RecordPiece(start_ns=5, samples=10)], 100.0) is None
    assert completeness([], 100.0) == 0.0


def test_nothing_cannot_be_examined():
    with pytest.raises(ValueError, match="without a sample"):
        examined(np.zeros(0), RATE_HZ)
