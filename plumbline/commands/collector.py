"""``plumbline collector``: run the collector, or check its configuration."""

import argparse
import gc
import logging
import signal
import threading
import time
from pathlib import Path

from plumbline.errors import CommandError

log = logging.getLogger(__name__)

GARBAGE_AFTER = 50_000
"""New objects before Python looks for dead cycles: blocks by the thousand hold none. [objects]"""

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
    for name, summary in (("run", "collect until told to stop"), ("check", "start nothing")):
        action = actions.add_parser(name, help=summary)
        action.add_argument("config", type=Path, help="the collector's TOML file")
        action.add_argument("--verbose", action="store_true", help="log what it does")


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
        streams = sum(len(n.instrument) for s in inventory.structure for n in s.node)
        print(f"{args.config}: good; {len(inventory.structure)} structures, {streams} streams")
        for problem in problems_here(settings.alerting):
            print(f"  but {problem}")
        for section in renamed:
            print(f"  note: {section}; the old name is read until the next version")
        return 0
    for section in renamed:
        log.warning("%s: %s; the old name is read until the next version", args.config, section)

    from plumbline.collector.app.collector import Collector
    from plumbline.collector.journal import JournalError
    from plumbline.collector.serving.web.server import PageAddressError

    try:
        collector = Collector(settings, inventory, time.time_ns)
    except (PageAddressError, JournalError) as error:
        raise CommandError(str(error)) from error
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    collector.start()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, 20, 20)
    print(f"collecting; the page is at {collector.web.url}", flush=True)
    stop.wait()
    collector.stop()
    return 0
