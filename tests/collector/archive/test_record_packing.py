"""Packed records: every sample once, every time true, as long as they can be filled."""

import io

import numpy as np
import obspy
import pytest
from blocks import T0_NS, truth
from hypothesis import given, settings
from hypothesis import strategies as st
from pymseed import MS3Record

from plumbline.collector.archive.record_packing import PARTING_NS, packed
from plumbline.collector.archive.sample_run import SampleRun, anchored, chained
from plumbline.wire.block import NS

NSLC = "XX.TWR01.3A.HNZ"


def hour(
    sigma: float, ppm: float, n_blocks: int = 3600, jitter_ns: int = 0, rate_hz: float = 100.0
) -> SampleRun:
    counts = truth(1, n_blocks * 100, sigma)[0]
    jitter = np.random.default_rng(3).integers(-jitter_ns, jitter_ns + 1, n_blocks)
    (run,) = chained(
        [
            anchored(
                NSLC, rate_hz, counts[k * 100 : (k + 1) * 100],
                T0_NS + round(k * 100 * NS / rate_hz * (1 + ppm * 1e-6)) + int(jitter[k]),
                100 - k % 7, 1000 * k,
            )
            for k in range(n_blocks)
        ]
    )  # fmt: skip
    return run


@pytest.mark.parametrize("ppm", [-50, 0, 50])
def test_plain_obspy_reads_an_hour_as_one_trace_without_false_gaps(ppm: float) -> None:
    run = hour(30, ppm, n_blocks=600, jitter_ns=200_000)
    content = b"".join(record.content for record in packed(run))
    (trace,) = obspy.read(io.BytesIO(content))
    np.testing.assert_array_equal(trace.data, run.counts)
    assert abs(trace.stats.starttime.ns - run.start_ns) <= 1000


@settings(max_examples=30, deadline=None)
@given(
    ppm=st.floats(-120, 120),
    jitter_ns=st.sampled_from([0, 300_000, 2_000_000]),
    sigma=st.sampled_from([1.0, 60.0, 3000.0, 4e8]),
    n_blocks=st.integers(1, 40),
    version=st.sampled_from([2, 3]),
)
def test_no_sample_is_further_from_its_recorded_time_than_the_rule(
    ppm: float, jitter_ns: int, sigma: float, n_blocks: int, version: int
) -> None:
    run = hour(sigma, ppm, n_blocks, jitter_ns)
    records = list(packed(run, version))
    content = b"".join(record.content for record in records)
    times_ns = run.times_ns()
    at = 0
    for msr in MS3Record.from_buffer(content, unpack_data=True):
        assert msr.formatversion == version
        np.testing.assert_array_equal(msr.np_datasamples, run.counts[at : at + msr.numsamples])
        predicted_ns = msr.starttime + np.arange(msr.numsamples) * (NS // 100)
        off_ns = np.abs(predicted_ns - times_ns[at : at + msr.numsamples]).max()
        assert off_ns <= PARTING_NS + 600, "600 ns: version 2 has microseconds"
        assert abs(msr.starttime - times_ns[at]) <= 600
        at += msr.numsamples
    assert at == run.n_samples


def test_a_record_keeps_the_worst_clock_quality_in_it() -> None:
    run = hour(30, 0, n_blocks=60)
    for record in packed(run, 3):
        (msr,) = MS3Record.from_buffer(record.content)
        inside = slice(
            int(np.searchsorted(run.firsts, record.first, side="right")) - 1,
            int(np.searchsorted(run.firsts, record.first + record.n_samples)),
        )
        assert msr.get_extra_header("/FDSN/Time/Quality") <= run.qualities[inside].min()
        error_s = msr.get_extra_header("/FDSN/Time/MaxEstimatedError")
        assert error_s >= run.errors_ns[inside].max() / NS
    for record in packed(run, 2):
        (msr,) = MS3Record.from_buffer(record.content)
        assert 94 <= msr.get_extra_header("/FDSN/Time/Quality") < 100


@pytest.mark.parametrize(("ppm", "most"), [(0, 1.4), (10, 1.4), (30, 1.4), (50, 1.5)])
def test_an_archived_sample_costs_little_more_than_a_byte(ppm: float, most: float) -> None:
    run = hour(100, ppm)
    assert sum(len(record.content) for record in packed(run)) / run.n_samples <= most


def test_steps_too_large_for_steim_2_are_stored_as_integers() -> None:
    counts = np.array([2**31 - 1, -(2**31), 0, 5] * 300, np.int32)
    run = anchored(NSLC, 100.0, counts, T0_NS, 100, 0)
    content = b"".join(record.content for record in packed(run))
    (trace,) = obspy.read(io.BytesIO(content))
    np.testing.assert_array_equal(trace.data, counts)


def test_a_second_of_a_tiltmeter_may_be_a_few_milliseconds_off_and_not_more() -> None:
    run = hour(5, 50, n_blocks=36, rate_hz=1.0)
    records = list(packed(run))
    assert sum(len(record.content) for record in records) / run.n_samples < 8
    times_ns = run.times_ns()
    for record in records:
        last = record.first + record.n_samples - 1
        predicted_ns = times_ns[record.first] + (record.n_samples - 1) * NS
        assert abs(int(predicted_ns) - int(times_ns[last])) <= 5_000_000
