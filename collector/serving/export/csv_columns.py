"""Waveforms as CSV in physical units: one file a stream, one row an instant."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, zip_longest

import numpy as np

from plumbline.collector.archive.sample_run import SampleRun
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.timestamps import iso_nanoseconds

Runs = Mapping[str, Sequence[SampleRun]]


def csv_lines(place: Place, runs: Runs) -> Iterator[str]:
    """Yield the lines of a stream's file: a header that names the unit, then the samples.

    Parameters
    ----------
    runs
        The runs of each axis by SEED name; where one axis has no sample, its cell is empty.
    """
    unit = place.instrument.unit.value
    names = [nslc for nslc in place.stream.nslc if nslc in runs]
    yield ",".join(["time_utc", *(f"{nslc.rpartition('.')[2]} [{unit}]" for nslc in names)]) + "\n"
    scale = {
        nslc: axis.polarity / place.instrument.sensitivity
        for nslc, axis in zip(place.stream.nslc, place.instrument.axes, strict=True)
    }
    digits = _digits(place.instrument.sensitivity)
    for together in _common_spans([runs[nslc] for nslc in names]):
        lead = max((run for run in together if run is not None), key=lambda run: run.n_samples)
        columns = [
            [""] * lead.n_samples if run is None else _cells(run, scale[nslc], digits)
            for nslc, run in zip(names, together, strict=True)
        ]
        for time_ns, *row in zip_longest(lead.times_ns().tolist(), *columns, fillvalue=""):
            yield ",".join([iso_nanoseconds(time_ns), *row]) + "\n"


def _common_spans(rows: Sequence[Sequence[SampleRun]]) -> Iterator[list[SampleRun | None]]:
    """Yield the axes' runs over each stretch of time; None for an axis that has no samples there.

    All axes have the same samples but where a record of one is damaged.
    """
    if len({tuple(run.n_samples for run in row) for row in rows}) == 1:
        yield from (list(together) for together in zip(*rows, strict=True))
        return
    half_ns = min(run.half_sample_ns for row in rows for run in row)
    edges = sorted(ns - half_ns for row in rows for run in row for ns in (run.start_ns, run.end_ns))
    for begin_ns, end_ns in pairwise(edges):
        if end_ns - begin_ns > half_ns:  # else both are edges of one instant
            cut = [[run.trimmed(begin_ns, end_ns) for run in row] for row in rows]
            together = [next((run for run in row if run is not None), None) for row in cut]
            if any(run is not None for run in together):
                yield together


def _cells(run: SampleRun, scale: float, digits: int) -> list[str]:
    return [f"{value:.{digits}f}" for value in (run.counts * scale).tolist()]


def _digits(sensitivity: float) -> int:
    """Return the decimals that part one count from the next, and one more."""
    return max(int(np.ceil(np.log10(sensitivity))), 0) + 1
