"""``plumbline backup``: a copy of a data folder that can be restored, while its collector runs."""

import argparse
import json
from pathlib import Path

from plumbline.commands.progress_bar import ProgressBar
from plumbline.errors import CommandError

EPILOG = """\
The backup is consistent though the collector goes on: databases by SQLite's own backup, archive
files as long as the archive's index states, the journal last, up to what was durable at that
moment. It is checked when it is written, and 'plumbline verify TO' checks it whenever you like:
backup.json holds the SHA-256 of every file. TO must not exist; until the backup is whole it does
not, so that Ctrl-C, a full disk or a power cut leave no half backup behind.

Not in it: collector.toml, the inventory, passwords and certificates. Keep these beside it.

To get it back: plumbline restore TO DATA. Agents then hand in what came after the backup, as far
back as their spools reach; a backup a day is enough where the spools hold more than a day.

examples:
  plumbline backup /var/lib/plumbline /mnt/backup/2026-03-01
  sudo -u plumbline plumbline backup /var/lib/plumbline /mnt/backup/$(date +%F) --json
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``plumbline backup``."""
    parser.description = "Copy a data folder, consistent while its collector runs, and check it."
    parser.epilog = EPILOG
    parser.add_argument("data", type=Path, metavar="DATA", help="the collector's data folder")
    parser.add_argument("to", type=Path, metavar="TO", help="a folder to make")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Back up, check, print; the exit code is 1 where what was copied is not whole."""
    from plumbline.collector.app.upkeep.backup import DataBackup
    from plumbline.collector.app.upkeep.copying import CannotCopy
    from plumbline.collector.app.upkeep.verify import verify

    bar = ProgressBar("backup")
    try:
        manifest = DataBackup(args.data, args.to, bar).run()
        bar.end()
        bar = ProgressBar("verify")
        report = verify(args.to, bar)
    except CannotCopy as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"{error.filename or args.to}: {error.strerror}") from error
    finally:
        bar.end()
    size = sum(one.size for one in manifest.files.values())
    wrong = [finding for finding in report.findings if finding.wrong]
    if args.json:
        summary = {"folder": str(args.to), "files": len(manifest.files), "bytes": size}
        summary |= {"journal_end": manifest.journal_end, "whole": report.whole}
        print(json.dumps(summary))
    else:
        print(f"{args.to}: {len(manifest.files)} files, {size / 1e6:.1f} MB")
        for finding in wrong:
            print(f"! {finding.file}: {finding.text}")
        print("whole" if report.whole else "NOT whole: the data folder was damaged when copied")
    return 0 if report.whole else 1
