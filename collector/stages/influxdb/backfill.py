"""Backfill of InfluxDB: lines of archived windows, for gaps or a whole span."""

from collections.abc import Iterator, Sequence

from plumbline.collector.archive.blocks import ArchivedSpan, Window
from plumbline.collector.stages.influxdb.line_protocol import waveform_lines
from plumbline.collector.stages.influxdb.stream_lines import StreamLines
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place


def archived_lines(
    window: Window, place: Place, start_ns: int, end_ns: int, waveforms: Sequence[ArchivedSpan]
) -> Iterator[str]:
    """Yield the measures of every second a span touches, and the waveform inside some spans."""
    measures = StreamLines(place)
    first_ns, last_ns = start_ns // NS * NS, -(-end_ns // NS) * NS
    for block in window(place.stream.key, first_ns, last_ns):
        for since_ns, until_ns in waveforms:
            yield from waveform_lines(place, block, since_ns, until_ns)
        yield from measures.lines(block)
