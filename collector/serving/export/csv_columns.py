"""Waveforms as CSV in physical units: one file a stream, one row an instant."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from plumbline.collector.archive.sample_run import SampleRun
from plumbline.collector.serving.export.request import utc
from plumbline.wire.inventory.lookup import Place

Runs = Mapping[str, Sequence[SampleRun]]


def csv_lines(place: Place, runs: Runs) -> Iterator[str]:
    """Yield the lines of a stream's file: a header that names the unit, then the samples.

    Parameters
    ----------
    runs
        The runs of each axis by SEED name; the axes of one instrument have the same samples.
    """
    unit = place.instrument.unit.value
    names = [nslc for nslc in place.stream.nslc if nslc in runs]
    yield ",".join(["time_utc", *(f"{nslc.rpartition('.')[2]} [{unit}]" for nslc in names)]) + "\n"
    scale = {
        nslc: axis.polarity / place.instrument.sensitivity
        for nslc, axis in zip(place.stream.nslc, place.instrument.axes, strict=True)
    }
    digits = _digits(place.instrument.sensitivity)
    for together in zip(*(runs[nslc] for nslc in names), strict=True):
        values = np.stack(
            [run.counts * scale[nslc] for nslc, run in zip(names, together, strict=True)]
        )
        for time_ns, row in zip(together[0].times_ns().tolist(), values.T.tolist(), strict=True):
            yield ",".join([utc(time_ns), *(f"{value:.{digits}f}" for value in row)]) + "\n"


def _digits(sensitivity: float) -> int:
    """Decimals that keep one count apart from the next, and one more."""
    return max(int(np.ceil(np.log10(sensitivity))), 0) + 1
