"""``plumbline edge``: read the instruments of this machine and publish them."""

import argparse
import logging
import signal
from pathlib import Path

from plumbline.commands import CommandError

EXAMPLE = """\
ten minutes with one sensor:
  plumbline edge list-ports              which ports there are
  plumbline edge init                    writes edge.toml
  plumbline edge check                   everything that is wrong with it, at once
  plumbline edge watch                   live readings in the terminal
  plumbline edge run                     read, keep and publish until stopped
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands and their arguments."""
    parser.epilog = EXAMPLE
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    run_parser = actions.add_parser("run", help="read, keep and publish until stopped")
    _add_config(run_parser)
    run_parser.add_argument("--verbose", action="store_true", help="log more")


def run(args: argparse.Namespace) -> int:
    """Do what the subcommand says."""
    return {"run": _run}[args.action](args)


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, default=Path("edge.toml"), metavar="FILE", help="default: edge.toml"
    )


def _run(args: argparse.Namespace) -> int:
    from plumbline.edge_agent.agent import Agent
    from plumbline.edge_agent.clock import HostClock
    from plumbline.edge_agent.errors import EdgeError
    from plumbline.edge_agent.settings import read_edge
    from plumbline.wire.settings import BadSettings

    logging.basicConfig(
        level=logging.DEBUG if args.verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    try:
        agent = Agent(read_edge(args.config), HostClock())
    except (BadSettings, EdgeError) as error:
        raise CommandError(str(error)) from error
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: agent.stop())
    return agent.run()
