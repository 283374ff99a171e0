"""Command-line options of a replay, and the replay of what they name."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from plumbline.errors import CommandError

if TYPE_CHECKING:
    from plumbline.collector.stages.detection.settings import DetectionSettings
    from plumbline.research.replay.run import Replayed

DETECTORS = ("short_period", "long_period")


def add_replay_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose files or an archive, and the detectors."""
    from plumbline.research.event import add_file_options

    add_file_options(parser)
    parser.add_argument("--structure", metavar="NAME", help="all files are of this one structure")
    parser.add_argument(
        "--shape-peak",
        type=_positive,
        metavar="GAL",
        help="make the largest value of records without a unit this",
    )
    parser.add_argument(
        "--noise-before",
        type=_not_negative,
        default=20.0,
        metavar="S",
        help="instrument noise put before files, default 20 s; 0 for none",
    )
    parser.add_argument(
        "--detectors",
        type=Path,
        metavar="CONFIG",
        help="TOML with [detection] and [classify]: a collector's configuration, or only these",
    )
    parser.add_argument(
        "--without",
        action="append",
        choices=DETECTORS,
        default=[],
        help="a detector that may not open an episode; may be given twice",
    )
    parser.add_argument("--inventory", type=Path, metavar="FILE", help="of an archive")
    parser.add_argument("--from", dest="start", metavar="UTC", help="begin of an archive's span")
    parser.add_argument("--to", dest="end", metavar="UTC", help="end of an archive's span")


def replay(args: argparse.Namespace) -> "list[Replayed]":
    """Replay what the arguments name, all of it.

    Raises
    ------
    CommandError
        If anything is wrong with one of the files.
    """
    replayed, problems = replayed_arguments(args)
    if problems:
        raise CommandError(problems[0])
    return replayed


def replayed_arguments(args: argparse.Namespace) -> "tuple[list[Replayed], list[str]]":
    """Replay what the arguments name; return what came of it and what cannot be read."""
    from plumbline.research.replay.config import detect_settings

    settings = detect_settings(args.detectors, args.without)
    return (_archive(args, settings), []) if _is_archive(args) else _files(args, settings)


def _is_archive(args: argparse.Namespace) -> bool:
    folders = [name for name in args.files if Path(name).is_dir()]
    if folders and len(args.files) > 1:
        raise CommandError(f"{folders[0]} is a folder: give one archive, or files")
    return bool(folders)


def _files(
    args: argparse.Namespace, settings: "DetectionSettings"
) -> "tuple[list[Replayed], list[str]]":
    from plumbline.research.replay.assembly import NothingToReplay, ReplayOptions, structures_of
    from plumbline.research.replay.config import classify_settings
    from plumbline.research.replay.files import records_to_replay
    from plumbline.research.replay.run import replayed_files

    rules = ReplayOptions(
        structure=args.structure,
        shape_peak_ms2=None if args.shape_peak is None else args.shape_peak / 100,
    )
    records, problems, _ = records_to_replay(args)
    if problems and not records:
        return [], problems
    try:
        structures = structures_of(records, rules)
    except NothingToReplay as error:
        raise CommandError(f"{error}; see --help for what is read") from error
    replayed = replayed_files(
        structures,
        settings,
        noise_before_s=args.noise_before,
        classify=classify_settings(args.detectors),
    )
    return replayed, problems


def _archive(args: argparse.Namespace, settings: "DetectionSettings") -> "list[Replayed]":
    from plumbline.research.replay.archive import instant, replayed_archive
    from plumbline.research.replay.config import classify_settings, installed

    data = Path(args.files[0])
    if not any((data / name).is_dir() for name in ("archive", "open")):
        raise CommandError(f"{data}: no archive here; give a collector's data folder, or files")
    known = installed(args.inventory, args.detectors, data)
    start_ns, end_ns = instant(args.start), instant(args.end)
    return replayed_archive(
        data,
        known,
        settings,
        start_ns=start_ns,
        end_ns=end_ns,
        classify=classify_settings(args.detectors),
    )


def _not_negative(text: str) -> float:
    return 0.0 if float(text) == 0 else _positive(text)


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value
