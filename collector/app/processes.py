"""Which process runs what: the table that the supervisor reads, and the building of one process."""

import sys
import time
from collections.abc import Callable, Mapping

from plumbline.collector.app.context import Context, Part
from plumbline.collector.app.layout import Layout
from plumbline.collector.journal.segment_reader import SegmentReader

FOLLOWERS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "detection": (("detect", "late", "slow"), ()),
    "keepers": (("archive", "series"), ()),
    "jobs": ((), ("episodes", "modal", "afterwards", "summaries")),
}
"""Stages and jobs of each part that follows journal or events."""


PROCESSES: Mapping[Layout, Mapping[str, tuple[str, ...]]] = {
    Layout.FEW: {
        "intake": ("intake",),
        "alerting": ("alerting",),
        "rest": ("detection", "keepers", "jobs", "serving"),
    },
    Layout.MANY: {
        "intake": ("intake",),
        "alerting": ("alerting",),
        "detection": ("detection",),
        "keepers": ("keepers",),
        "jobs": ("jobs",),
        "serving": ("serving",),
    },
}
"""Parts of each process; started in this order, stopped in this order: intake hands in first."""
JOURNAL_WITHIN_S = 30.0


class NoJournal(Exception):
    """Intake did not open the journal in time; its own log line says why."""


def parts_of(context: Context, names: tuple[str, ...]) -> list[Part]:
    """Build the parts of one process; those that follow the journal wait until intake has it."""
    return [_BUILDERS.get(name, _followers(name))(context) for name in names]


def _intake(context: Context) -> Part:
    from plumbline.collector.app.parts import IntakePart

    return IntakePart(context)


def _alerting(context: Context) -> Part:
    from plumbline.collector.app.parts import AlertingPart

    return AlertingPart(context)


def _serving(context: Context) -> Part:
    from plumbline.collector.app.parts import ServingPart

    return ServingPart(context, _journal(context))


def _followers(name: str) -> Callable[[Context], Part]:
    def build(context: Context) -> Part:
        from plumbline.collector.app.parts import FollowersPart

        stages, jobs = FOLLOWERS[name]
        return FollowersPart(context, _journal(context), name=name, stages=stages, jobs=jobs)

    return build


_BUILDERS: Mapping[str, Callable[[Context], Part]] = {
    "intake": _intake,
    "alerting": _alerting,
    "serving": _serving,
}


def _journal(context: Context) -> SegmentReader:
    folder = context.settings.data / "journal"
    folder.mkdir(parents=True, exist_ok=True)
    reader = SegmentReader(folder)
    until = time.monotonic() + JOURNAL_WITHIN_S
    while not reader.store_id:
        if time.monotonic() > until:
            raise NoJournal(f"{folder}: intake has not opened the journal; see its log")
        time.sleep(0.1)
    return reader


def default_layout(cores: int) -> Layout:
    """Return the layout of a machine: few processes where they would only wait for each other."""
    return Layout.MANY if cores >= 4 else Layout.FEW


def command(config: str, process: str, *, verbose: bool) -> list[str]:
    """Return the command line of one process."""
    words = [sys.executable, "-P", "-m", "plumbline.cli", "collector", "part", config]
    return [*words, "--process", process, *(["--verbose"] if verbose else [])]
