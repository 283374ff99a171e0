"""The command line: a lazy table of commands."""

import argparse
import importlib
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from plumbline import __version__
from plumbline.collector.storage.errors import StorageError
from plumbline.errors import CommandError


class CommandEntry(NamedTuple):
    """Module of a command and the line on it in the help."""

    module: str
    summary: str


COMMANDS: dict[str, CommandEntry] = {
    "alerts": CommandEntry("plumbline.commands.alerts", "who was notified; answer, silence, test"),
    "backup": CommandEntry(
        "plumbline.commands.backup", "copy a data folder while its collector runs"
    ),
    "collector": CommandEntry(
        "plumbline.commands.collector", "store every sample, detect, call people"
    ),
    "dashboards": CommandEntry(
        "plumbline.commands.dashboards", "show or push the Grafana dashboards of the inventory"
    ),
    "demo": CommandEntry("plumbline.commands.demo", "a shaken tower, end to end, on this machine"),
    "drift": CommandEntry(
        "plumbline.commands.drift", "how far floors moved, and where to look first"
    ),
    "edge": CommandEntry(
        "plumbline.commands.edge", "read the instruments of this machine and publish"
    ),
    "export": CommandEntry("plumbline.commands.export", "write a window of the archive to files"),
    "labels": CommandEntry(
        "plumbline.commands.labels", "label what events really were; how often agreed"
    ),
    "limits": CommandEntry("plumbline.commands.limits", "every limit, who approved it; adopt one"),
    "measure": CommandEntry("plumbline.commands.measure", "measure anybody's records of shaking"),
    "modes": CommandEntry("plumbline.commands.modes", "find the modes of a structure"),
    "quality": CommandEntry(
        "plumbline.commands.quality", "which channels cannot be believed, and why"
    ),
    "quarantine": CommandEntry(
        "plumbline.commands.quarantine", "messages that could not be taken: list, retry, drop"
    ),
    "rebuild-series": CommandEntry(
        "plumbline.commands.rebuild_series", "write a span of InfluxDB again, from the archive"
    ),
    "replay": CommandEntry(
        "plumbline.commands.replay", "run the detectors over records or an archive"
    ),
    "residual": CommandEntry(
        "plumbline.commands.residual", "what each shaking moved: before and after it"
    ),
    "restore": CommandEntry(
        "plumbline.commands.restore", "a data folder from a backup; agents hand in the rest"
    ),
    "sentinel": CommandEntry(
        "plumbline.commands.sentinel", "on another machine: call people when the collector is deaf"
    ),
    "status": CommandEntry(
        "plumbline.commands.status", "how every channel and stage of a collector is"
    ),
    "summary": CommandEntry("plumbline.commands.summary", "sum up a day or a week of a structure"),
    "survey": CommandEntry("plumbline.commands.survey", "take in levelling runs, closure checked"),
    "tracking": CommandEntry(
        "plumbline.commands.tracking", "what became of a structure's modes, hour after hour"
    ),
    "trend": CommandEntry("plumbline.commands.trend", "what a slow series does, with its interval"),
    "verify": CommandEntry(
        "plumbline.commands.verify", "is everything held there, and undamaged: byte by byte"
    ),
    "vibration": CommandEntry("plumbline.commands.vibration", "hold vibration against a standard"),
}

OLD_NAMES = {"moved": "residual"}
"""Names of 0.2.0 that are still accepted and no longer listed."""


def parser_for(names: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser with the named commands configured, the others only listed."""
    parser = argparse.ArgumentParser(
        prog="plumbline",
        description="Plumbline watches structures settle and shake.",
        epilog="Try 'plumbline COMMAND --help' for what a command does and an example.",
    )
    parser.add_argument("--version", action="version", version=f"plumbline {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        child = commands.add_parser(
            name, help=command.summary, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        if name in names:
            module = importlib.import_module(command.module)
            module.configure(child)
            child.set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    words[:1] = [OLD_NAMES.get(word, word) for word in words[:1]]
    with ends_like_ctrl_c(signal.SIGTERM):
        return _run(words)


@contextmanager
def ends_like_ctrl_c(number: signal.Signals) -> Iterator[None]:
    """Let a signal unwind the program, so that what it laid out is removed; exit as if killed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def unwind(*_: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(number, unwind)
    try:
        yield
    finally:
        signal.signal(number, before)


def _run(words: Sequence[str]) -> int:
    named = [word for word in words if word in COMMANDS][:1]
    parser = parser_for(named)
    try:
        args = parser.parse_args(words)
        return int(args.run(args))
    except (CommandError, StorageError) as error:
        print(f"plumbline {' '.join(named)}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
