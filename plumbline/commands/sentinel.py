"""``plumbline sentinel``: on another machine, call people when the collector does not watch."""

import argparse
import logging
import threading
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from plumbline.errors import CommandError

if TYPE_CHECKING:
    from plumbline.collector.app.sentinel.settings import SentinelSettings

EPILOG = """\
It runs on another machine than the collector, an edge Pi will do, best with a modem and a power
supply of its own. It reads the collector's /healthz, and, where a broker is configured, listens for
watermarks. Everybody of its list is called once, in their language, when for silent_s (20 s)

  * nothing answers: power, network or the collector is gone;
  * the collector answers that it is blind, or that it is not well;
  * agents beat and no watermark comes: nothing that they send is taken.

and once more when it watches again. The sentinel's own restart tells nothing twice. A broker that
it cannot reach while the page is well calls nobody.

examples:
  plumbline sentinel sample > sentinel.toml        a configuration to begin with
  plumbline sentinel check sentinel.toml           everything that is wrong, and one try
  plumbline sentinel test sentinel.toml            a message marked TEST to everybody
  plumbline sentinel run sentinel.toml             until Ctrl-C or SIGTERM

deploy/plumbline-sentinel.service runs it under systemd.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.description = "Watch a collector from another machine and call people when it is deaf."
    parser.epilog = EPILOG
    actions = parser.add_subparsers(dest="action", metavar="run|check|test|sample", required=True)
    for name, summary in (
        ("run", "watch until told to stop"),
        ("check", "say what is wrong, read the health once; call nobody"),
        ("test", "send a message marked TEST to everybody"),
    ):
        action = actions.add_parser(name, help=summary, description=summary)
        action.add_argument("config", type=Path, help="the sentinel's TOML file")
        action.add_argument("--verbose", action="store_true", help="log what it does")
    actions.add_parser("sample", help="print a configuration to begin with")


def run(args: argparse.Namespace) -> int:
    """Do the action."""
    from plumbline.collector.app.sentinel.settings import SentinelSettings
    from plumbline.wire.settings import BadSettings, read_settings

    if args.action == "sample":
        path = files("plumbline.collector.app.sentinel") / "sample.toml"
        print(path.read_text(encoding="utf-8"), end="")
        return 0
    logging.basicConfig(
        level=logging.INFO if args.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    try:
        settings = read_settings(args.config, SentinelSettings)
    except BadSettings as error:
        raise CommandError(str(error)) from error
    if args.action == "check":
        return _check(args.config, settings)
    from plumbline.collector.app.private_files import keep_private
    from plumbline.collector.app.sentinel.sentinel import Sentinel

    keep_private(settings.data)
    sentinel = Sentinel(settings)
    if args.action == "test":
        sentinel.test_call()
        waiting = len(sentinel.memory.under_way())
        sentinel.memory.close()
        names = ", ".join(person.name for person in settings.person)
        print(f"test messages to {names}" + (f"; {waiting} not confirmed yet" if waiting else ""))
        return 0
    from plumbline.wire.stopping import set_on_signal

    stop = set_on_signal(threading.Event())
    print(f"watching {settings.site}", flush=True)
    sentinel.run(stop)
    return 0


def _check(path: Path, settings: "SentinelSettings") -> int:
    from plumbline.collector.alerting.validation import problems_here
    from plumbline.collector.app.sentinel.listening import NotAHealthReport, read_health

    problems = [str(problem) for problem in problems_here(settings.alerting())]
    names = ", ".join(f"{person.name} {person.phone}" for person in settings.person)
    print(f"{path}: good; {names} are called after {settings.silent_s:g} s")
    if settings.collector is not None:
        try:
            well, wrong = read_health(settings.collector)
        except (OSError, NotAHealthReport) as error:
            problems.append(f"{settings.collector.url}: no health report ({error})")
        else:
            print(f"{settings.collector.url}: answers, {'all is well' if well else 'NOT well'}")
            problems += wrong
    for problem in problems:
        print(f"  but {problem}")
    return 1 if problems else 0
