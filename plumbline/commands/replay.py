"""``plumbline replay``: the collector's very detectors over records and archives."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plumbline.commands import exit_code
from plumbline.commands.pictures import picture
from plumbline.errors import CommandError

if TYPE_CHECKING:
    from plumbline.collector.stages.detection.settings import DetectionSettings
    from plumbline.research.replay.run import Replayed

DETECTORS = ("short_period", "long_period")

EPILOG = """\
Files of one place become the axes of one node; places of one station become the nodes of one
structure. The words of a header ('Basement NW corner', '7th fl E side') say the level: the lowest
is the ground node, a free field is a free field. A lone record is judged as a structure with one
node, on the ground. Before files, 20 s of instrument noise are put, from which the triggers start
as they do after an installation; the output says so. Records without a unit are judged by shape:
their quiet parts are taken for the ambient motion of a building, or --shape-peak sets their size.

An archive is a collector's data folder; its inventory is named by --inventory, or stands in the
collector's configuration given with --detectors.

Examples:
  plumbline replay NP8040*.V1c --plot floors.png
  plumbline replay sct190985.txt --columns t,NS,EW,UD --units g --without short_period
  plumbline replay floor_*.csv --columns Acc_X,Acc_Y,Acc_Z --rate 120 --units m/s2 --structure A1
  plumbline replay /var/lib/plumbline --detectors collector.toml --from 2026-03-01 --json
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    from plumbline.research.event import add_file_options

    parser.description = (
        "Run the collector's own detectors over records or an archive, and tell every trigger, "
        "every episode, the seconds it took and the evidence. Nothing is stored, nobody is called."
    )
    parser.epilog = EPILOG
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
        help="TOML with [detect] and [classify]: a collector's configuration, or only these",
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
    parser.add_argument("--json", action="store_true", help="print everything, units in the keys")
    parser.add_argument(
        "--plot", type=picture, metavar="PNG", help="draw the floors and their episodes"
    )


def run(args: argparse.Namespace) -> int:
    """Replay and print what was found; a file that cannot be read costs the others nothing."""
    replayed, problems = _replayed(args)
    if problems and not replayed:
        return exit_code("replay", problems)
    if args.json:
        reports: list[dict[str, Any]] = [one.report for one in replayed]
        told = {"structures": reports, "not_replayed": problems}
        print(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        from plumbline.research.replay.words import words

        print("\n\n".join(words(one.report) for one in replayed))
    if args.plot is not None:
        _draw(replayed, args.plot)
    return exit_code("replay", problems)


def replay(args: argparse.Namespace) -> "list[Replayed]":
    """Replay what the arguments name, all of it.

    Raises
    ------
    CommandError
        If anything is wrong with one of the files.
    """
    replayed, problems = _replayed(args)
    if problems:
        raise CommandError(problems[0])
    return replayed


def _replayed(args: argparse.Namespace) -> "tuple[list[Replayed], list[str]]":
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


def _draw(replayed: "list[Replayed]", path: Path) -> None:
    from plumbline.plots.episode import draw

    for number, one in enumerate(replayed, 1):
        target = path if len(replayed) == 1 else path.with_stem(f"{path.stem}-{number}")
        try:
            draw(one, target)
        except OSError as error:
            raise CommandError(f"{target}: {error.strerror}; choose another --plot") from error


def _not_negative(text: str) -> float:
    return 0.0 if float(text) == 0 else _positive(text)


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value
