"""Batch writer of lines to InfluxDB; a batch that it refuses is logged and left behind."""

import logging
from collections.abc import Callable, Iterable
from itertools import islice
from time import monotonic

from plumbline.collector.stages.influxdb.errors import SeriesRefused
from plumbline.collector.stages.influxdb.sink import Sink

log = logging.getLogger(__name__)

LOG_INTERVAL_S = 60.0  # one wrong field type refuses a batch a second, for days


class BatchWriter:
    """Writes lines through a sink.

    Attributes
    ----------
    refused
        Lines in batches that InfluxDB refused, at least in part.
    """

    def __init__(
        self, sink: Sink, batch_lines: int, clock_s: Callable[[], float] = monotonic
    ) -> None:
        self._sink = sink
        self._batch_lines = batch_lines
        self._clock_s = clock_s
        self._logged_s: float | None = None
        self.refused = 0

    def write(self, lines: Iterable[str]) -> int:
        """Write every line, return how many.

        Raises
        ------
        SeriesUnavailable
            If InfluxDB does not take them now.
        """
        written = 0
        waiting = iter(lines)
        while batch := list(islice(waiting, self._batch_lines)):
            written += len(batch)
            try:
                self._sink.write(batch)
            except SeriesRefused as error:
                self._log_refused(batch, error)
        return written

    def _log_refused(self, batch: list[str], error: SeriesRefused) -> None:
        self.refused += len(batch)
        now_s = self._clock_s()
        if self._logged_s is None or now_s - self._logged_s >= LOG_INTERVAL_S:
            self._logged_s = now_s
            log.error(
                "InfluxDB refused lines, which are left out (%d in such batches so far): %s; "
                "the batch began with %s. After mending, plumbline rebuild-series writes them.",
                self.refused,
                error,
                batch[0],
            )
