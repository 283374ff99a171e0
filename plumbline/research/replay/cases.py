"""The measured record sets and what the detectors must make of them."""

import argparse
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import Field

from plumbline.analysis.classify import Cause
from plumbline.errors import CommandError
from plumbline.research.replay.options import add_replay_options, replay
from plumbline.research.replay.run import Replayed
from plumbline.wire.settings import Settings, read_settings

MANIFEST = Path(__file__).with_name("records.toml")


class Case(Settings):
    """Files of a set that are replayed together."""

    set: str
    files: tuple[str, ...]
    """Names or shell patterns in the folder of the set."""
    words: tuple[str, ...] = ()
    """What the command is given besides the files."""
    extract: str | None = None
    """Heading of the column to take out of a zipped table."""
    expect: Literal["shaking", "sway", "none"]
    cause: Cause | None = None
    """What it really was."""
    why: str = ""

    @property
    def name(self) -> str:
        """Set and files in one word, for the name of a test."""
        return "/".join((self.set, "+".join(self.files), *self.words[-2:]))


class Other(Settings):
    """Record set without motion to be detected, with the reason."""

    set: str
    why: str


class RecordSets(Settings):
    """Every set there is."""

    case: tuple[Case, ...] = Field(min_length=1)
    other: tuple[Other, ...] = ()


def manifest() -> RecordSets:
    """Return the record sets and their expectations."""
    return read_settings(MANIFEST, RecordSets)


def replayed_case(case: Case, data: Path) -> list[Replayed]:
    """Replay a case exactly as the command does.

    Parameters
    ----------
    data
        The folder of all sets.

    Raises
    ------
    CommandError
        If a file is missing or cannot be read.
    """
    with _files(case, data / case.set) as files:
        parser = argparse.ArgumentParser()
        add_replay_options(parser)
        return replay(parser.parse_args([*map(str, files), *case.words]))


@contextmanager
def _files(case: Case, folder: Path) -> Iterator[Sequence[Path]]:
    found = [path for pattern in case.files for path in sorted(folder.glob(pattern))]
    if not found:
        raise CommandError(f"{folder}: no {' '.join(case.files)}")
    if case.extract is None:
        yield found
        return
    with tempfile.TemporaryDirectory() as name:
        target = Path(name) / "column.txt"
        target.write_text(_column(found[0], case.extract), encoding="utf-8")
        yield [target]


def _column(path: Path, heading: str) -> str:
    """Return one column of the only table in a zip file, a value a line."""
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as lines:
        names = next(lines).decode().strip().split(",")
        at = names.index(heading)
        return "\n".join(line.decode().split(",")[at] for line in lines if line.strip())
