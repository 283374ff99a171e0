"""Sections of collector.toml that have a new name; the old one is read for one more version."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from plumbline.wire.settings import Problem, RenamedSection, renamed_sections

SECTION_NAMES = {
    "detect": "detection",
    "slow": "deformation",
    "series": "influxdb",
    "silence": "outages",
    "episodes": "strong_motion",
}
"""Old name and new name of each."""


def old_sections(path: Path) -> list[RenamedSection]:
    """Return the sections of a configuration that stand there under their old names.

    Raises
    ------
    BadSettings
        If the file cannot be read.
    """
    return renamed_sections(path, SECTION_NAMES)


def as_written(
    problems: Iterable[Problem], sections: Iterable[RenamedSection]
) -> Iterator[Problem]:
    """Yield problems with their sections called as the file calls them."""
    old_names = {section.new: section.old for section in sections}
    for problem in problems:
        head, dot, rest = problem.where.partition(".")
        where = f"{old_names.get(head, head)}{dot}{rest}"
        yield Problem(where=where, what=problem.what, line=problem.line)
