"""``plumbline collector``: run the collector, or check its configuration."""

import argparse
import logging
import tempfile
from pathlib import Path

from plumbline.errors import CommandError

log = logging.getLogger(__name__)

EXAMPLE = """example:
  plumbline collector check collector.toml     everything that is wrong, at once; starts nothing
  plumbline collector run collector.toml       until Ctrl-C or SIGTERM

The smallest configuration is an empty file beside inventory.toml: a broker on this machine, data in
./data, the page on http://127.0.0.1:8080/, alarms into the outbox folder.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``plumbline collector``."""
    parser.description = "Keep every sample the agents publish, detect, call people, show the page."
    parser.epilog = EXAMPLE
    actions = parser.add_subparsers(dest="action", metavar="run|check", required=True)
    for name, summary in (
        ("run", "collect until told to stop"),
        ("check", "start nothing"),
        ("part", "one process of a collector; `run` starts it"),
    ):
        action = actions.add_parser(name, help=summary)
        action.add_argument("config", type=Path, help="the collector's TOML file")
        action.add_argument("--verbose", action="store_true", help="log what it does")
        if name == "part":
            action.add_argument("--process", required=True, help="as `processes` names them")


def run(args: argparse.Namespace) -> int:
    """Run a collector, or check its configuration."""
    from plumbline.collector.alerting.validation import problems_here
    from plumbline.collector.app.section_names import old_sections
    from plumbline.collector.app.settings import read_collector
    from plumbline.wire.settings import BadSettings

    logging.basicConfig(
        level=logging.INFO if args.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    try:
        settings, inventory = read_collector(args.config)
        renamed = old_sections(args.config)
    except BadSettings as error:
        raise CommandError(str(error)) from error
    if args.action == "check":
        if trouble := _folder_trouble(settings.data):
            raise CommandError(f"{args.config}: 1 problem\n  data: {trouble}")
        streams = sum(len(n.instrument) for s in inventory.structure for n in s.node)
        print(f"{args.config}: good; {len(inventory.structure)} structures, {streams} streams")
        for problem in problems_here(settings.alerting):
            print(f"  but {problem}")
        if not settings.detection.limit and not settings.deformation.limit:
            print(
                "  but no limit is set ([[detection.limit]], [[deformation.limit]]): nothing is "
                "judged and nobody is ever called about a structure"
            )
        for section in renamed:
            print(f"  note: {section}; the old name is read until the next version")
        return 0
    for section in renamed:
        log.warning("%s: %s; the old name is read until the next version", args.config, section)

    from plumbline.collector.app.databases import bring_up_to_date
    from plumbline.collector.app.layout import Layout
    from plumbline.collector.app.private_files import keep_private
    from plumbline.collector.app.processes import NoJournal
    from plumbline.collector.app.run import layout_of, run_in_one, run_process, run_supervised
    from plumbline.collector.journal import JournalError
    from plumbline.collector.serving.web.server import PageAddressError

    layout = layout_of(settings)
    keep_private(settings.data)
    bring_up_to_date(settings.data)
    try:
        if args.action == "part":
            return run_process(settings, inventory, layout, args.process, _announce)
        if layout is Layout.ONE:
            return run_in_one(settings, inventory, _announce)
        return run_supervised(args.config, settings, layout, verbose=args.verbose)
    except (PageAddressError, JournalError, NoJournal) as error:
        raise CommandError(str(error)) from error


def _folder_trouble(folder: Path) -> str | None:
    """Return why the data folder cannot be made or written, or None; nothing is left behind."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        with tempfile.TemporaryDirectory(prefix=".plumbline-check-", dir=there):
            return None
    except OSError as error:
        return f"{folder} cannot be made or written ({error.strerror} in {there})"


def _announce(text: str) -> None:
    print(text, flush=True)
