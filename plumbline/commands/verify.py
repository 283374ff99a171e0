"""``plumbline verify``: is everything in a data folder that should be, and is it undamaged."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from plumbline.commands.progress_bar import ProgressBar
from plumbline.errors import CommandError

if TYPE_CHECKING:
    from plumbline.collector.app.upkeep.findings import Finding, VerifyReport

EPILOG = """\
What is looked at:
  journal      every segment follows the one before; every entry by its CRC, up to the durable end
  archive      every record of every day file by its checksum, by its first and last sample and by
               its time; open hours block by block; the index against the files
  databases    SQLite's own integrity check, tables, schema version, every row can be read
  ledger       blocks that are called held are in the journal or the archive: which are not, from
               when to when, and why; blocks that never arrived are listed and are nothing wrong
  backup       in a folder that 'plumbline backup' wrote, the SHA-256 of every file

Nothing is created, locked or mended: it may run beside a collector, as any user who can read. What
it cannot see: SQLite keeps no checksums, so a digit changed inside a value of a live database goes
unseen where nothing contradicts it; in a backup nothing does.

The exit code is 0 where all is whole, 1 where something is wrong, 2 where nothing could be looked
at. What to do is said with each finding.

examples:
  plumbline verify /var/lib/plumbline
  plumbline verify backup-2026-03-01 && echo restorable
  plumbline verify data --json | jq '.findings[] | select(.wrong)'
"""
SHOWN = 100
"""So many findings are printed; --json has all of them."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``plumbline verify``."""
    parser.description = (
        "Read everything a collector keeps and say what is damaged or missing: in which file, at "
        "which byte, and why."
    )
    parser.epilog = EPILOG
    parser.add_argument("data", type=Path, metavar="DATA", help="data folder, or a backup of one")
    parser.add_argument("--json", action="store_true", help="one JSON object, every finding")


def run(args: argparse.Namespace) -> int:
    """Verify and print; the exit code is 1 where something is wrong."""
    from plumbline.collector.app.upkeep.verify import NotADataFolder, verify

    bar = ProgressBar("verify")
    try:
        report = verify(args.data, bar)
    except NotADataFolder as error:
        raise CommandError(str(error)) from error
    except PermissionError as error:
        raise CommandError(
            f"{error.filename}: not readable; run it as the collector's user"
        ) from error
    finally:
        bar.end()
    if args.json:
        findings = [asdict(finding) for finding in report.findings]
        print(json.dumps({"whole": report.whole, "counts": report.counts, "findings": findings}))
    else:
        print("\n".join(_lines(args.data, report)))
    return 0 if report.whole else 1


def _lines(data: Path, report: "VerifyReport") -> Iterator[str]:
    wrong = [finding for finding in report.findings if finding.wrong]
    others = [finding for finding in report.findings if not finding.wrong]
    for found in (wrong, others):
        yield from (_line(finding) for finding in found[:SHOWN])
        if len(found) > SHOWN:
            yield f"  and {len(found) - SHOWN} more; see --json"
    counts = ", ".join(f"{n} {name}" for name, n in report.counts.items())
    yield f"{data}: {counts or 'nothing in it'}"
    yield "whole" if not wrong else f"NOT whole: {len(wrong)} findings"


def _line(finding: "Finding") -> str:
    where = finding.file
    if finding.first_byte is not None:
        where += f", byte {finding.first_byte}"
    if finding.length:
        where += f" ({finding.length} bytes)"
    return f"{'!' if finding.wrong else '-'} {finding.store}: {where}: {finding.text}"
