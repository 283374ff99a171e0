"""What one axis misses costs the others nothing: they are cut there, and read on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from plumbline.records import Record, Unit, stations

RATE_HZ = 100.0
START_NS = 1_700_000_000_000_000_000


def axis(channel, begin_s, end_s):
    """Samples that say their own time, so that a shift shows."""
    first, last = round(begin_s * RATE_HZ), round(end_s * RATE_HZ)
    return Record(
        station="A", channel=channel, rate_hz=RATE_HZ, unit=Unit.GAL, source=Path("a"),
        start_ns=START_NS + round(first / RATE_HZ * 1e9),
        values=np.arange(first, last, dtype=float),
    )  # fmt: skip


def spans(records):
    """First sample, last sample and axes of every station; the axes must agree on the samples."""
    out = []
    for station in stations(records):
        first = station.axes[0]
        for one in station.axes:
            np.testing.assert_array_equal(one.values, first.values)
            assert one.start_ns == START_NS + round(one.values[0] / RATE_HZ * 1e9)
        names = "".join(one.channel[-1] for one in station.axes)
        out.append((first.values[0], first.values[-1] + 1, names))
    return sorted(out)


@pytest.mark.parametrize("first", ["HNN", "HNE", "HNZ"])
def test_a_gap_of_one_axis_parts_them_all(first):
    gapped = [axis("HNN", 0, 10), axis("HNN", 10.1, 60)]
    whole = [axis("HNE", 0, 60), axis("HNZ", 0, 60)]
    every = sorted([*gapped, *whole], key=lambda record: record.channel != first)
    assert [(a, b, len(n)) for a, b, n in spans(every)] == [(0, 1000, 3), (1010, 6000, 3)]


def test_a_long_gap_leaves_the_other_axes_a_span_of_their_own():
    records = [axis("HNN", 0, 20), axis("HNN", 50, 60), axis("HNE", 0, 60), axis("HNZ", 0, 60)]
    assert spans(records) == [(0, 2000, "NEZ"), (2000, 5000, "EZ"), (5000, 6000, "NEZ")]


def test_an_axis_that_ends_early_does_not_cut_what_follows():
    records = [axis("HNN", 0, 30), axis("HNE", 0, 60), axis("HNZ", 0, 60)]
    assert spans(records) == [(0, 3000, "NEZ"), (3000, 6000, "EZ")]


def test_short_ends_of_single_axes_are_left_out_with_a_note():
    (station,) = stations([axis("HNN", 0, 60), axis("HNE", 4, 60), axis("HNZ", 4, 60)])
    assert station.axes[0].duration_s == 56
    assert any(note.startswith("4.0 s of single axes were left out") for note in
               station.axes[0].notes)  # fmt: skip


def test_axes_that_begin_within_a_sample_are_not_cut():
    late = axis("HNE", 0, 60)
    late = replace(late, start_ns=late.start_ns + 4_000_000)
    (station,) = stations([axis("HNN", 0, 60), late, axis("HNZ", 0, 60.01)])
    assert len(station.axes) == 3
    assert not any(record.notes for record in station.axes)


def test_the_stated_peak_stays_with_the_piece_that_has_it():
    values = np.zeros(6000)
    values[5000] = -7.0
    whole = replace(axis("HNE", 0, 60), values=values, peak=-7.0)
    found = stations([whole, axis("HNN", 0, 20), axis("HNN", 21, 60)])
    peaks = [axis.peak for one in found for axis in one.axes if axis.channel == "HNE"]
    assert peaks == [None, -7.0]
