"""SDS: one file per channel and day, ``YYYY/NET/STA/CHAN.D/NET.STA.LOC.CHAN.D.YYYY.DDD``.

References
----------
.. [1] SeisComP Data Structure (SDS) 1.0.
"""

import datetime as dt
from collections.abc import Iterator

from plumbline.collector.archive.sample_run import SampleRun
from plumbline.wire.block import NS

DAY_NS = 86400 * NS


def day_file(nslc: str, time_ns: int) -> str:
    """Return the path of the day file a time lies in, below the archive's folder."""
    network, structure, node, channel = nslc.split(".")
    day = dt.datetime.fromtimestamp(time_ns // DAY_NS * 86400, tz=dt.UTC)
    name = f"{network}.{structure}.{node}.{channel}.D.{day:%Y.%j}"
    return f"{day:%Y}/{network}/{structure}/{channel}.D/{name}"


def by_day(run: SampleRun) -> Iterator[tuple[str, SampleRun]]:
    """Cut a run at midnights (UTC); yield each day's file and part."""
    first = 0
    while first < run.n_samples:
        time_ns = run.time_ns(first)
        midnight_ns = (time_ns // DAY_NS + 1) * DAY_NS
        end = run.index_at(midnight_ns) if run.end_ns > midnight_ns else run.n_samples
        end = max(end, first + 1)
        yield day_file(run.nslc, time_ns), run.part(first, end)
        first = end
