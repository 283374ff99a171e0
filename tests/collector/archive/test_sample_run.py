"""Runs keep every sample and every time through cutting and joining."""

import numpy as np
import pytest
from blocks import T0_NS, blocks_of, truth
from hypothesis import given, settings
from hypothesis import strategies as st

from plumbline.collector.archive.sample_run import SampleRun, anchored, chained, merged
from plumbline.wire.block import NS

NSLC = "XX.TWR01.3A.HNZ"


def piece(counts: np.ndarray, start_ns: int, rate_hz: float = 100.0) -> SampleRun:
    return anchored(NSLC, rate_hz, counts.astype(np.int32), start_ns, 100, 1000)


def drifting(n_blocks: int, ppm: float, rate_hz: float = 100.0, size: int = 100) -> SampleRun:
    blocks = blocks_of(truth(3, n_blocks * size), ppm=ppm, rate_hz=rate_hz, size=size)
    (run,) = chained([piece(b.counts[0], b.start_ns, rate_hz) for b in blocks])
    return run


def test_the_time_of_every_sample_is_that_of_its_block() -> None:
    run = drifting(20, ppm=50)
    expected = [
        T0_NS + round(k * NS * (1 + 50e-6)) + i * NS // 100 for k in range(20) for i in range(100)
    ]
    np.testing.assert_array_equal(run.times_ns(), expected)
    assert [run.time_ns(i) for i in range(2000)] == expected


@settings(max_examples=100, deadline=None)
@given(
    ppm=st.sampled_from([-50.0, 0.0, 50.0]),
    rate_hz=st.sampled_from([1.0, 99.0, 500.0]),
    at=st.floats(-0.2, 1.2),
    nudge_ns=st.integers(-1, 1),
    on_sample=st.booleans(),
)
def test_trimming_keeps_exactly_the_samples_inside(
    ppm: float, rate_hz: float, at: float, nudge_ns: int, on_sample: bool
) -> None:
    run = drifting(7, ppm, rate_hz, size=13)
    times_ns = run.times_ns()
    start_ns = int(run.start_ns + at * (run.end_ns - run.start_ns))
    if on_sample:
        start_ns = int(times_ns[min(max(int(at * 91), 0), 90)])
    start_ns += nudge_ns
    end_ns = start_ns + round(17.3 * NS / rate_hz)
    inside = (times_ns >= start_ns) & (times_ns < end_ns)
    part = run.trimmed(start_ns, end_ns)
    if part is None:
        assert not inside.any()
        return
    np.testing.assert_array_equal(part.counts, run.counts[inside])
    off_ns = np.abs(part.times_ns() - times_ns[inside])
    assert off_ns.max() <= 1, "a new anchor is rounded to the nanosecond"


def test_pieces_that_follow_are_one_run_and_a_missing_sample_parts_them() -> None:
    one = piece(np.arange(100), T0_NS)
    near = piece(np.arange(100), one.end_ns + 4_000_000)
    far = piece(np.arange(100), near.end_ns + 10_000_000)
    assert [run.n_samples for run in chained([far, near, one])] == [200, 100]


@pytest.mark.parametrize("shift", [0, 30, 99])
def test_what_began_first_wins_where_two_tell_of_one_instant(shift: int) -> None:
    first = piece(np.arange(100), T0_NS)
    second = piece(1000 + np.arange(100), T0_NS + shift * 10_000_000)
    (run,), hidden = merged([first, second] if shift == 0 else [second, first])
    expected = np.concatenate([np.arange(100), 1000 + np.arange(100 - shift, 100)])
    np.testing.assert_array_equal(run.counts, expected)
    assert hidden == 100 - shift


def test_a_piece_wholly_under_another_is_hidden_and_hides_nothing_after_it() -> None:
    long = piece(np.arange(1000), T0_NS)
    inner = piece(np.arange(50), T0_NS + NS)
    after = piece(np.arange(100), long.end_ns)
    (run,), hidden = merged([long, inner, after])
    assert (run.n_samples, hidden) == (1100, 50)
