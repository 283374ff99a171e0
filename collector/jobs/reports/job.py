"""The report job: writes each day and week of each structure once, caught up after downtime.

The two files of a summary appear whole, the JSON last: where it is, the summary is written.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from plumbline.collector.archive.index import ArchiveIndex
from plumbline.collector.jobs.reports.content import ReportSources, report_content
from plumbline.collector.jobs.reports.markdown import markdown
from plumbline.collector.jobs.reports.periods import Length, Period, periods_over
from plumbline.collector.jobs.runner import REST, Pause
from plumbline.collector.storage.atomic import write_whole
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Structure

SETTLED_NS = 3_600 * NS
"""A period is summed up so long after its end: the last hour is archived by then. [ns]"""

CAUGHT_UP_NS = 35 * 86_400 * NS
"""Periods that ended longer ago are written on request only. [ns]"""

NOTHING_DUE_NS = 60 * NS
"""Pause after nothing was due. [ns]"""


class ReportJob:
    """Writes summaries under ``data/summaries/STRUCTURE``."""

    name = "summaries"

    def __init__(
        self,
        *,
        sources: ReportSources,
        structures: Sequence[Structure],
        places: Mapping[str, Place],
    ) -> None:
        self._sources = sources
        self._structures = structures
        self._places = places
        self._nothing_due = Pause()

    def refresh(self, now_ns: int) -> None:
        """Do nothing: what is due follows from the clock and from the files that are there."""

    def step(self, now_ns: int) -> float | None:
        """Write the oldest summary that is due and not there; one at a time."""
        if not self._nothing_due.over(now_ns):
            return None
        for structure in self._structures:
            for period in self._due(structure, now_ns):
                if not summary_path(self._sources.data, structure.code, period).exists():
                    self._write(structure, period, now_ns)
                    return REST
        self._nothing_due.begin(now_ns, NOTHING_DUE_NS)
        return None

    def close(self) -> None:
        """Do nothing: no file stays open."""

    def _due(self, structure: Structure, now_ns: int) -> list[Period]:
        begun_ns = _begun_ns(self._sources.data, self._of(structure))
        if begun_ns is None:
            return []
        since_ns = max(begun_ns, now_ns - CAUGHT_UP_NS)
        return [
            period
            for length in Length
            for period in periods_over(length, structure.timezone, since_ns, now_ns - SETTLED_NS)
        ]

    def _write(self, structure: Structure, period: Period, now_ns: int) -> None:
        content = report_content(self._sources, structure, self._of(structure), period, now_ns)
        path = summary_path(self._sources.data, structure.code, period)
        write_summary(path, content)

    def _of(self, structure: Structure) -> list[Place]:
        return [p for _, p in sorted(self._places.items()) if p.structure.code == structure.code]


def summary_path(data: Path, structure: str, period: Period) -> Path:
    """Return where the JSON of a summary lies; the Markdown lies beside it."""
    return data / "summaries" / structure / f"{period.name}.json"


def write_summary(path: Path, content: dict[str, Any]) -> None:
    """Write a summary's two files, each whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path.with_suffix(".md"), markdown(content).encode())
    write_whole(path, json.dumps(content, indent=1, ensure_ascii=False).encode())


def _begun_ns(data: Path, places: Sequence[Place]) -> int | None:
    """Return when the archive of a structure begins."""
    index = ArchiveIndex.to_read(data / "state" / "archive.db")
    if index is None:
        return None
    try:
        spans = [index.span(place.stream.nslc[0]) for place in places]
    finally:
        index.close()
    return min((span[0] for span in spans if span is not None), default=None)
