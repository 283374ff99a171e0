"""``plumbline edge``: read the instruments of this machine and publish them."""

import argparse
import logging
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from plumbline.errors import CommandError

if TYPE_CHECKING:
    from plumbline.edge_agent.settings import EdgeSettings

EXAMPLE = """\
ten minutes with one sensor:
  plumbline edge list-ports --listen     which ports there are, and what is on them
  plumbline edge init                    writes edge.toml
  plumbline edge check                   everything that is wrong with it, at once
  plumbline edge watch                   live readings in the terminal
  plumbline edge run                     read, keep and publish until stopped
"""
INIT_EXAMPLE = """\
example:
  plumbline edge init --agent pi-ground --structure TWR01 \\
      --instrument adxl355_node:/dev/serial/by-id/usb-node-if00:0A
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands and their arguments."""
    raw = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    ports = actions.add_parser("list-ports", help="which serial ports there are")
    ports.add_argument(
        "--listen", action="store_true", help="listen on each and guess the driver (some seconds)"
    )
    ports.add_argument("port", nargs="*", help="only these ports")
    init = actions.add_parser(
        "init", help="write a first edge.toml", epilog=INIT_EXAMPLE, formatter_class=raw
    )
    _add_config(init)
    init.add_argument("--agent", help="name of this machine: small letters, digits, hyphens")
    init.add_argument("--network", default="XX", help="FDSN network code (default: XX, for tests)")
    init.add_argument("--structure", help="1 to 5 capital letters or digits, as TWR01")
    init.add_argument("--broker", default="127.0.0.1", help="host of the broker")
    init.add_argument(
        "--instrument", action="append", metavar="DRIVER:PORT:NODE", help="may be given again"
    )
    init.add_argument("--force", action="store_true", help="write over a file that is there")
    check = actions.add_parser("check", help="tell everything that is wrong; starts nothing")
    _add_config(check)
    check.add_argument("--offline", action="store_true", help="do not try the broker")
    watch = actions.add_parser("watch", help="live readings; keeps and sends nothing")
    _add_config(watch)
    watch.add_argument("--seconds", type=float, metavar="S", help="stop after S seconds")
    run_ = actions.add_parser("run", help="read, keep and publish until stopped")
    _add_config(run_)
    run_.add_argument("--verbose", action="store_true", help="log more")


def run(args: argparse.Namespace) -> int:
    """Run the subcommand: list-ports, init, check, watch or run."""
    actions = {
        "list-ports": _list_ports,
        "init": _init,
        "check": _check,
        "watch": _watch,
        "run": _run,
    }
    return actions[args.action](args)


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, default=Path("edge.toml"), metavar="FILE", help="default: edge.toml"
    )


def _list_ports(args: argparse.Namespace) -> int:
    from plumbline.edge_agent.ports import FoundPort, found_ports, guessed_driver

    ports = found_ports()
    if args.port:
        ports = [FoundPort(device=name, lasting=name, description="") for name in args.port]
    if not ports:
        print("no serial ports; is the instrument plugged in (and its converter's driver loaded)?")
    for port in ports:
        alias = f"  (now {port.device})" if port.lasting != port.device else ""
        print(f"{port.lasting}{alias}  {port.description}".rstrip())
        if args.listen:
            print(f"    {guessed_driver(port.lasting, read_s=2.5)}")
    return 0


def _init(args: argparse.Namespace) -> int:
    from plumbline.edge_agent.drivers import DRIVERS
    from plumbline.edge_agent.first_config import Wanted, first_config
    from plumbline.edge_agent.settings import read_edge
    from plumbline.wire.settings import BadSettings

    if args.config.exists() and not args.force:
        raise CommandError(f"{args.config} is there already; give --force to write over it")
    agent = args.agent or _prompted(
        "name of this machine (small letters, digits, hyphens)", "--agent"
    )
    structure = args.structure or _prompted("code of the structure, as TWR01", "--structure")
    words = args.instrument or [
        _prompted(f"instrument, as DRIVER:PORT:NODE ({', '.join(DRIVERS)})", "--instrument")
    ]
    instruments = []
    for word in words:
        driver, _, rest = word.partition(":")
        port, _, node = rest.rpartition(":")
        if driver not in DRIVERS or not port or not node:
            raise CommandError(
                f"--instrument {word!r}: expected DRIVER:PORT:NODE with a driver of "
                f"{', '.join(DRIVERS)}"
            )
        instruments.append(Wanted(driver=driver, port=port, node=node))
    text = first_config(
        agent=agent, network=args.network, structure=structure, host=args.broker,
        instruments=instruments,
    )  # fmt: skip
    args.config.write_text(text, encoding="utf-8")
    print(f"wrote {args.config}; next: plumbline edge check --config {args.config}")
    try:
        read_edge(args.config)
    except BadSettings as bad:
        raise CommandError(str(bad)) from bad
    return 0


def _prompted(what: str, flag: str) -> str:
    if not sys.stdin.isatty():
        raise CommandError(f"{flag} is missing; give it, or run this in a terminal to be asked")
    return input(f"{what}: ").strip()


def _check(args: argparse.Namespace) -> int:
    from plumbline.edge_agent.check import problems_of

    problems = problems_of(args.config, try_broker=not args.offline)
    for problem in problems:
        print(problem)
    if problems:
        noun = "problem" if len(problems) == 1 else "problems"
        raise CommandError(f"{len(problems)} {noun} with {args.config}; nothing was started")
    print(f"{args.config} is right; next: plumbline edge watch, then plumbline edge run")
    return 0


def _watch(args: argparse.Namespace) -> int:
    from plumbline.edge_agent.clock import HostClock
    from plumbline.edge_agent.watch import LiveWatch

    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    watch = LiveWatch(_settings(args.config), HostClock())
    give_up = time.monotonic() + args.seconds if args.seconds else None
    watch.start()
    try:
        while give_up is None or time.monotonic() < give_up:
            time.sleep(1.0)
            print("\n".join(watch.lines()), flush=True)
    except KeyboardInterrupt:
        pass
    finally:
        watch.stop()
    return 0


def _run(args: argparse.Namespace) -> int:
    from plumbline.edge_agent.agent import Agent
    from plumbline.edge_agent.clock import HostClock
    from plumbline.edge_agent.errors import EdgeError

    logging.basicConfig(
        level=logging.DEBUG if args.verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    try:
        agent = Agent(_settings(args.config), HostClock())
    except EdgeError as error:
        raise CommandError(str(error)) from error
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: agent.stop())
    return agent.run()


def _settings(path: Path) -> "EdgeSettings":
    from plumbline.edge_agent.settings import read_edge
    from plumbline.wire.settings import BadSettings

    try:
        return read_edge(path)
    except BadSettings as bad:
        raise CommandError(str(bad)) from bad
