"""``plumbline tracking``: what became of a structure's modes, hour after hour."""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plumbline.commands.pictures import picture
from plumbline.errors import CommandError

if TYPE_CHECKING:
    from plumbline.collector.jobs.modal.store import ModalStore

EPILOG = """\
The collector identifies the modes of each structure from a quiet record of every hour, learns what
they are in each construction stage, and compares. This prints the baseline of each stage, the last
windows and their outcomes; it reads the data folder, also beside a running collector.

A change means something only outside of shaking and its hour of recovery, beyond three standard
deviations and 5 %, on two modes at once and twice in a row. No verdict says that a structure is
safe.

Examples:
  plumbline tracking /var/lib/plumbline
  plumbline tracking /var/lib/plumbline --structure TWR01 --plot modes.png
  plumbline tracking /var/lib/plumbline --json | jq '.structures[0].windows[-1].health'
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``plumbline tracking``."""
    parser.description = "Show the history of a structure's modes, as the collector followed them."
    parser.epilog = EPILOG
    parser.add_argument("data", type=Path, metavar="DATA", help="the collector's data folder")
    parser.add_argument("--structure", metavar="CODE", help="one of them; all without it")
    parser.add_argument("--last", type=int, default=24, metavar="N", help="windows printed, 24")
    parser.add_argument("--json", action="store_true", help="print the whole history")
    parser.add_argument("--plot", type=picture, metavar="PNG", help="draw one structure's history")


def run(args: argparse.Namespace) -> int:
    """Read the history and print it."""
    from plumbline.collector.jobs.modal.store import ModalStore

    path = args.data / "state" / "modal.db"
    if not path.is_file():
        raise CommandError(f"{args.data}: no modes were followed here; give a collector's data")
    if args.last < 0:
        raise CommandError(f"--last {args.last}: give a number of windows")
    store = ModalStore(path)
    try:
        known = store.structures()
        wanted = known if args.structure is None else [args.structure]
        if not known:
            raise CommandError(f"{args.data}: no window yet; the first comes with the next hour")
        if missing := [code for code in wanted if code not in known]:
            raise CommandError(f"--structure {missing[0]}: not followed; there are {known}")
        if args.plot is not None and len(wanted) > 1:
            raise CommandError(f"--plot draws one structure; name it with --structure: {known}")
        found = [history(store, code) for code in wanted]
    finally:
        store.close()
    if args.json:
        print(json.dumps({"structures": found}, indent=1))
    else:
        print("\n\n".join(history_text(one, args.last) for one in found))
    if args.plot is not None:
        from plumbline.plots.tracking import draw

        draw(found[0], args.plot)
    return 0


def history(store: "ModalStore", structure: str) -> dict[str, Any]:
    """Return everything known of one structure, the oldest window first."""
    return {
        "structure": structure,
        "baselines": store.baselines(structure),
        "windows": [
            {"end_ns": window.end_ns, "outcome": window.outcome, **window.body}
            for window in store.windows(structure)
        ],
    }


def history_text(found: dict[str, Any], last: int) -> str:
    """Return a history as text for people."""
    from plumbline.wire.timestamps import iso_seconds

    windows = found["windows"]
    outcomes = Counter(_outcome(window) for window in windows)
    lines = [
        f"{found['structure']}: {len(windows)} windows from "
        f"{iso_seconds(windows[0]['begin_ns'])} to {iso_seconds(windows[-1]['end_ns'])}",
        *(f"  {count:5d}  {text}" for text, count in outcomes.most_common()),
    ]
    for stage, baseline in sorted(found["baselines"].items()):
        lines += [
            "",
            f"baseline of stage {stage}, channels {' '.join(baseline['channels'])}",
            "  mode  frequency Hz   sigma Hz   per degC   learned between",
        ]
        lines += [_mode(number, mode) for number, mode in enumerate(baseline["modes"], 1)]
    now = windows[-1]["stage"]
    if now not in found["baselines"]:
        count = sum(w["stage"] == now and w.get("phase") == "quiet" for w in windows)
        lines += ["", f"stage {now} has no baseline yet: {count} quiet windows so far"]
    if last:
        lines += ["", "window ends            modes found, change from the baseline"]
        lines += [
            f"{iso_seconds(window['end_ns'])}  {_changes(window)}" for window in windows[-last:]
        ]
    return "\n".join(lines)


def _outcome(window: dict[str, Any]) -> str:
    return str(window.get("health", window["outcome"]))


def _mode(number: int, mode: dict[str, Any]) -> str:
    low, high = mode["range_c"]
    weather = f"{low:.1f} and {high:.1f} degC" if high > low else "no temperature"
    return (
        f"{number:6d} {mode['frequency_hz']:13.4f} {mode['sigma_hz']:10.4f} "
        f"{mode['slope_hz_per_c']:+10.5f}   {weather}, {mode['points']} windows"
    )


def _changes(window: dict[str, Any]) -> str:
    tracked = window.get("tracked")
    if not tracked:
        return _outcome(window)
    cells = [
        "     -   "
        if one is None
        else f"{100 * one['change']:+6.2f} %{'!' if one['beyond'] else ' '}"
        for one in tracked
    ]
    return f"{' '.join(cells)}  {_outcome(window)}"
