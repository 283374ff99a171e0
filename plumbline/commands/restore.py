"""``plumbline restore``: a data folder from a backup."""

import argparse
import datetime as dt
import json
from pathlib import Path

from plumbline.commands.progress_bar import ProgressBar
from plumbline.errors import CommandError

EPILOG = """\
Every file of the backup is held against its SHA-256 first; from a damaged backup nothing is
restored. DATA must be empty or not exist: nothing is overwritten, and Ctrl-C leaves it empty.

The restored journal gets a new identity. Agents notice it at the collector's first watermark and
hand in what they still have and it has not: everything since the backup that lies in their spools.
What is there already is recognised and not stored twice.

Run as root, everything is given to the owner of DATA: make it first (install -d -o plumbline DATA).

example:
  systemctl stop plumbline-collector; mv /var/lib/plumbline /var/lib/plumbline.broken
  install -d -o plumbline -g plumbline -m 750 /var/lib/plumbline
  plumbline restore /mnt/backup/2026-03-01 /var/lib/plumbline
  systemctl start plumbline-collector
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``plumbline restore``."""
    parser.description = "Make a data folder from a backup; agents hand in what came after it."
    parser.epilog = EPILOG
    parser.add_argument("backup", type=Path, metavar="FROM", help="what 'plumbline backup' wrote")
    parser.add_argument("data", type=Path, metavar="DATA", help="an empty folder, or one to make")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Restore the backup and print what was restored."""
    from plumbline.collector.app.upkeep.copying import CannotCopy
    from plumbline.collector.app.upkeep.manifest import NotABackup
    from plumbline.collector.app.upkeep.restore import restore

    bar = ProgressBar("restore")
    try:
        manifest = restore(args.backup, args.data, bar)
    except (CannotCopy, NotABackup) as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"{error.filename or args.data}: {error.strerror}") from error
    finally:
        bar.end()
    made = dt.datetime.fromtimestamp(manifest.made_ns // 1_000_000_000, tz=dt.UTC)
    if args.json:
        summary = {"folder": str(args.data), "files": len(manifest.files), "made": made.isoformat()}
        print(json.dumps(summary))
    else:
        print(
            f"{args.data}: {len(manifest.files)} files, as they were at {made:%Y-%m-%d %H:%M:%S} "
            "UTC; start the collector, and agents hand in what came after"
        )
    return 0
