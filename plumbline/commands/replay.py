"""``plumbline replay``: the collector's very detectors over records and archives."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plumbline.commands import exit_code
from plumbline.commands.pictures import picture
from plumbline.errors import CommandError

if TYPE_CHECKING:
    from plumbline.research.replay.run import Replayed

EPILOG = """\
Files of one place become the axes of one node; places of one station become the nodes of one
structure. The words of a header ('Basement NW corner', '7th fl E side') say the level: the lowest
is the ground node, a free field is a free field. A lone record is judged as a structure with one
node, on the ground. Before files, 20 s of instrument noise are put, from which the triggers start
as they do after an installation; the output says so. Records without a unit are judged by shape:
their quiet parts are taken for the ambient motion of a building, or --shape-peak sets their size.

An archive is a collector's data folder; its inventory is named by --inventory, or stands in the
collector's configuration given with --detectors. A damaged record of an archive is left out, told
with its file and byte, and the exit code is then 1.

Examples:
  plumbline replay NP8040*.V1c --plot floors.png
  plumbline replay sct190985.txt --columns t,NS,EW,UD --units g --without short_period
  plumbline replay floor_*.csv --columns Acc_X,Acc_Y,Acc_Z --rate 120 --units m/s2 --structure A1
  plumbline replay /var/lib/plumbline --detectors collector.toml --from 2026-03-01 --json
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``plumbline replay``."""
    from plumbline.research.replay.options import add_replay_options

    parser.description = (
        "Run the collector's own detectors over records or an archive, and print every trigger, "
        "every episode, the seconds it took and the evidence. Nothing is stored, nobody is called."
    )
    parser.epilog = EPILOG
    add_replay_options(parser)
    parser.add_argument("--json", action="store_true", help="print everything, units in the keys")
    parser.add_argument(
        "--plot", type=picture, metavar="PNG", help="draw the floors and their episodes"
    )


def run(args: argparse.Namespace) -> int:
    """Replay and print what was found; a file that cannot be read costs the others nothing."""
    from plumbline.research.replay.options import replayed_arguments

    replayed, problems = replayed_arguments(args)
    if problems and not replayed:
        return exit_code("replay", problems)
    if args.json:
        reports: list[dict[str, Any]] = [one.report for one in replayed]
        summary = {"structures": reports, "not_replayed": problems}
        print(json.dumps(summary, indent=1, ensure_ascii=False))
    else:
        from plumbline.research.replay.text import report_text

        print("\n\n".join(report_text(one.report) for one in replayed))
    if args.plot is not None:
        _draw(replayed, args.plot)
    damaged = dict.fromkeys(text for one in replayed for text in one.damaged)
    for text in damaged:
        print(f"! {text}", file=sys.stderr)
    return exit_code("replay", problems) or int(bool(damaged))


def _draw(replayed: "list[Replayed]", path: Path) -> None:
    from plumbline.plots.episode import draw

    for number, one in enumerate(replayed, 1):
        target = path if len(replayed) == 1 else path.with_stem(f"{path.stem}-{number}")
        try:
            draw(one, target)
        except OSError as error:
            raise CommandError(f"{target}: {error.strerror}; choose another --plot") from error
