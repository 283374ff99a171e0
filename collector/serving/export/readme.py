"""The README of an export bundle: what lies in it and how to read it."""

from collections.abc import Sequence

from plumbline.collector.archive.record_check import DamagedRecord
from plumbline.collector.serving.export.request import ExportFormat, ExportRequest
from plumbline.collector.serving.export.timing import ChannelTiming
from plumbline.wire.timestamps import iso_nanoseconds

WAVEFORMS: dict[ExportFormat, str] = {
    ExportFormat.MSEED2: (
        "waveforms.mseed    miniSEED 2.4, Steim-2, raw counts.\n"
        '                   obspy.read("waveforms.mseed")\n'
        "                   Each record has its own true start time. ObsPy joins records and\n"
        "                   counts on at the nominal rate: after an hour on a clock 50 ppm off it\n"
        "                   is 0.18 s away. Take short windows where absolute time matters."
    ),
    ExportFormat.MSEED3: (
        "waveforms.mseed3   miniSEED 3, Steim-2, raw counts, times to the nanosecond, clock error\n"
        "                   in the extra headers; ObsPy 1.5 does not read version 3, pymseed does."
    ),
    ExportFormat.CSV: (
        "*.csv              one file a stream, in physical units (named in the header), polarity\n"
        "                   and sensitivity applied, nothing else: no filter, no mean removed."
    ),
}


def readme(
    request: ExportRequest,
    channels: Sequence[ChannelTiming],
    damaged: Sequence[DamagedRecord] = (),
) -> str:
    """Return the text."""
    samples = sum(channel.samples for channel in channels)
    gaps = sum(channel.gaps for channel in channels)
    lines = [
        f"{channel.channel}  {channel.samples} samples, "
        f"{channel.first_sample or 'nothing in this window'}"
        for channel in channels
    ]
    return "\n".join(
        [
            "Plumbline export",
            "================",
            "",
            f"Window: {iso_nanoseconds(request.start_ns)} up to, not including, "
            f"{iso_nanoseconds(request.end_ns)}",
            f"{samples} samples in {len(channels)} channels, {gaps} gaps (nothing is filled).",
            "",
            WAVEFORMS[request.format],
            "stations.xml       FDSN StationXML: position, orientation, sensitivity, serial.",
            "                   A count is gain * unit; negative gain: an axis mounted reversed.",
            "timing.json        how times were made, their quality and error, the clocks' rates.",
            "gaps.csv           every stretch of the window without samples, channel by channel;",
            "                   where a damaged record is to blame, its file and byte.",
            "",
            *lines,
            "",
            *_damage(damaged),
        ]
    )


def _damage(damaged: Sequence[DamagedRecord]) -> list[str]:
    if not damaged:
        return []
    return [
        "DAMAGED in the archive, and therefore left out or doubtful:",
        *(
            f"  {one.nslc}  {one.name}, byte {one.first_byte}, {one.length} bytes: {one.reason}"
            for one in damaged
        ),
        "",
    ]
