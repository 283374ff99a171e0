"""``plumbline export``: a window of the archive as files other programs read."""

import argparse
import datetime as dt
import json
import sys
from pathlib import Path

from plumbline.commands.moments import option_ns
from plumbline.errors import CommandError

EPILOG = """\
The window is cut to the sample: from --start up to, not including, --end, both UTC unless the time
says otherwise. The folder gets the waveforms, StationXML, a timing statement, the list of gaps and
a README. A record that is damaged is left out, and named in gaps.csv with its file and byte; the
exit code is then 1.

example, the shaking of 28 March 2025 on every accelerometer of a tower:
  plumbline export --data data --inventory inventory.toml 'XX.TWR01.*.HN' \\
      --start 2025-03-28T06:19:00Z --end 2025-03-28T06:29:00Z --to shaking
  python -c 'import obspy; print(obspy.read("shaking/waveforms.mseed"))'
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``plumbline export``."""
    parser.description = "Write a window of the archive as miniSEED or CSV, with all it needs."
    parser.epilog = EPILOG
    parser.add_argument(
        "channels",
        nargs="+",
        metavar="CHANNEL",
        help="stream (XX.TWR01.3A.HN) or channel (XX.TWR01.3A.HNZ); * and ? stand for anything",
    )
    parser.add_argument("--data", type=Path, required=True, help="the collector's data folder")
    parser.add_argument("--inventory", type=Path, required=True, help="the inventory file")
    parser.add_argument("--start", required=True, help="first moment, as 2025-03-28T06:19:00Z")
    parser.add_argument("--end", required=True, help="first moment after the window")
    parser.add_argument(
        "--format",
        default="mseed2",
        choices=["mseed2", "mseed3", "csv"],
        help="mseed2 (what ObsPy and SeisComP read), mseed3, or csv in physical units",
    )
    parser.add_argument("--to", type=Path, required=True, help="a new folder for the bundle")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace) -> int:
    """Write the bundle of the window."""
    from plumbline.collector.archive.reader import ArchiveReader
    from plumbline.collector.serving.export.bundle import NothingToExport, write_bundle
    from plumbline.collector.serving.export.request import ExportFormat, ExportRequest
    from plumbline.wire.inventory import read_inventory
    from plumbline.wire.settings import BadSettings

    if not args.data.is_dir():
        raise CommandError(f"{args.data} is no folder; --data is where the collector keeps data")
    if args.to.exists() and any(args.to.iterdir()):
        raise CommandError(f"{args.to} is not empty; name a new folder")
    try:
        inventory = read_inventory(args.inventory)
        request = ExportRequest(
            channels=tuple(args.channels),
            start_ns=option_ns("--start", args.start),
            end_ns=option_ns("--end", args.end),
            format=ExportFormat(args.format),
        )
        bundle = write_bundle(
            ArchiveReader(args.data), inventory, request, args.to, dt.datetime.now(dt.UTC)
        )
    except (BadSettings, NothingToExport, ValueError) as error:
        raise CommandError(str(error)) from error
    if args.json:
        print(
            json.dumps(
                {
                    "folder": str(bundle.folder),
                    "waveforms": [str(path) for path in bundle.waveforms],
                    "channels": len(bundle.channels),
                    "samples": bundle.samples,
                    "gaps": len(bundle.gaps),
                    "damaged": [
                        {"channel": one.nslc, "file": one.name, "byte": one.first_byte}
                        for one in bundle.damaged
                    ],
                }
            )
        )
    else:
        print(
            f"{bundle.folder}: {bundle.samples} samples of {len(bundle.channels)} channels, "
            f"{len(bundle.gaps)} gaps; README.txt says what lies there"
        )
    for one in bundle.damaged:
        print(
            f"! {args.data / one.name}, byte {one.first_byte}, {one.length} bytes of {one.nslc}: "
            f"{one.reason}; see gaps.csv, and 'plumbline verify'",
            file=sys.stderr,
        )
    return 1 if bundle.damaged else 0
