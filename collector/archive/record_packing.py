"""Cutting a run into miniSEED records whose times are true.

A record begins at the recorded time of its first sample and ends where that time plus its samples
would part from a recorded time by more than 0.5 ms (or 0.4 % of a sample: a 1 Hz tiltmeter needs
no more). Within that, version 2 records are as long as they can be filled, 4096 bytes down to 512.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from pymseed import DataEncoding, MS3Record

from plumbline.collector.archive.sample_run import Counts, SampleRun
from plumbline.wire.block import NS
from plumbline.wire.record import STEIM2_LARGEST_STEP

PARTING_NS = 500_000
PARTING_OF_SAMPLE = 0.004
LENGTHS = (4096, 2048, 1024, 512)
MOST_SAMPLES = 63 * 15 * 7
"""A 4096-byte record cannot hold more: 63 frames of 15 words of 7 differences."""


class Packed(NamedTuple):
    """One record: its bytes, its first sample in the run, how many samples it holds."""

    content: bytes
    first: int
    n_samples: int


def packed(run: SampleRun, version: int = 2, lengths: Sequence[int] = LENGTHS) -> Iterator[Packed]:
    """Yield the records of a run, in miniSEED 2.4 (``version`` 2) or 3.

    Parameters
    ----------
    lengths
        Record lengths to choose from, descending; version 3 cuts at the first. [B]
    """
    maker = _Maker(run, version)
    period_ns = NS / run.rate_hz
    parting_ns = max(PARTING_NS, PARTING_OF_SAMPLE * period_ns)
    drift_ns = run.starts_ns - run.firsts * period_ns
    at = 0
    while at < run.n_samples:
        anchor = int(np.searchsorted(run.firsts, at, side="right")) - 1
        last = int(np.searchsorted(run.firsts, at + MOST_SAMPLES, side="left"))
        parted = np.flatnonzero(np.abs(drift_ns[anchor:last] - drift_ns[anchor]) > parting_ns)
        end = int(run.firsts[anchor + parted[0]]) if parted.size else run.n_samples
        record = maker.longest(at, min(end, at + MOST_SAMPLES), lengths)
        yield record
        at += record.n_samples


class _Maker:
    """Makes one record at a time of one run."""

    def __init__(self, run: SampleRun, version: int) -> None:
        self._run = run
        self._version = version
        self._guess = 256
        self._bytes_a_sample = 0.0
        msr = self._msr = MS3Record()
        network, structure, node, channel = run.nslc.split(".")
        msr.sourceid = f"FDSN:{network}_{structure}_{node}_{'_'.join(channel)}"
        msr.formatversion = version
        msr.samprate = run.rate_hz
        msr.pubversion = 1

    def longest(self, first: int, end: int, lengths: Sequence[int]) -> Packed:
        """Return the longest record from ``first`` on that samples before ``end`` fill."""
        self._msr.starttime = self._run.time_ns(first)
        self._msr.extra = self._extra(first, end)
        most_bytes = 1.25 * self._bytes_a_sample * (end - first) + 64
        choices = lengths if self._version == 2 else lengths[:1]
        for length in choices:
            if self._bytes_a_sample > 0 and most_bytes < length > choices[-1]:
                continue  # so few samples do not fill it; the last record shows it
            content, n_samples, is_full = self._record(first, end, length)
            if is_full:
                break
        return Packed(content, first, n_samples)

    def _record(self, first: int, end: int, length: int) -> tuple[bytes, int, bool]:
        """Return one record, its samples, and whether more would not have fitted."""
        self._msr.reclen = length
        offered = min(self._guess * length // LENGTHS[0] + 64, end - first)
        while True:
            counts = self._run.counts[first : first + offered]
            self._msr.encoding = _encoding(counts)
            records = list(self._msr.generate(counts, "i"))
            if len(records) > 1 or first + offered == end:
                break
            offered = min(2 * offered, end - first)
        n_samples = _samples_in(records[0], self._version)
        if len(records) > 1:
            self._guess = n_samples * LENGTHS[0] * 9 // (length * 8)  # a little more than last time
            self._bytes_a_sample = length / n_samples
        return records[0], n_samples, len(records) > 1

    def _extra(self, first: int, end: int) -> str:
        run = self._run
        a = int(np.searchsorted(run.firsts, first, side="right")) - 1
        b = max(int(np.searchsorted(run.firsts, end, side="left")), a + 1)
        quality = int(run.qualities[a:b].min())
        if self._version == 2:
            return f'{{"FDSN":{{"Time":{{"Quality":{quality}}}}}}}'
        error_s = int(run.errors_ns[a:b].max()) / NS
        return f'{{"FDSN":{{"Time":{{"Quality":{quality},"MaxEstimatedError":{error_s:.9f}}}}}}}'


def _encoding(counts: Counts) -> DataEncoding:
    steps = np.abs(np.diff(counts.astype(np.int64), prepend=0))
    return DataEncoding.STEIM2 if steps.max() <= STEIM2_LARGEST_STEP else DataEncoding.INT32


def _samples_in(record: bytes, version: int) -> int:
    if version == 2:
        return int.from_bytes(record[30:32], "big")
    return int.from_bytes(record[24:28], "little")
