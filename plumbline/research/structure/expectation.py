"""First guess of a structure's frequency from the sizes a user states: options and report."""

import argparse
from typing import Any

from plumbline.analysis.modal.first_guess import SOURCE, FirstGuess, first_guesses


def add_size_options(parser: argparse.ArgumentParser, *, width: bool = False) -> None:
    """Add ``--height`` and ``--storeys``, and ``--width`` where directions are told apart."""
    parser.add_argument(
        "--height", type=_positive, metavar="M", help="of the building, for a first guess [m]"
    )
    parser.add_argument(
        "--storeys", type=_count, metavar="N", help="of the building, for a first guess"
    )
    if width:
        parser.add_argument(
            "--width", type=_positive, metavar="M", help="of the building along the motion [m]"
        )


def guesses_of(args: argparse.Namespace) -> list[FirstGuess]:
    """Return the first guesses from the sizes given, the one to go by first."""
    return first_guesses(
        height_m=args.height, storeys=args.storeys, width_m=getattr(args, "width", None)
    )


def expectation_report(guesses: list[FirstGuess], lowest_hz: float | None) -> dict[str, Any] | None:
    """Return what the sizes let expect, and whether the lowest frequency found lies inside.

    Parameters
    ----------
    guesses
        The one to go by first.
    lowest_hz
        Lowest frequency found, or None. [Hz]
    """
    if not guesses:
        return None
    first = guesses[0]
    inside = None if lowest_hz is None else first.low_hz <= lowest_hz <= first.high_hz
    return {
        "guesses": [guess._asdict() for guess in guesses],
        "source": SOURCE,
        "lowest_found_hz": lowest_hz,
        "lowest_inside": inside,
    }


def expectation_text(report: dict[str, Any]) -> list[str]:
    """Return an expectation as lines."""
    first, *others = report["guesses"]
    lines = [
        f"expected before measuring: {first['frequency_hz']:.3g} Hz ({first['rule']}), between "
        f"{first['low_hz']:.3g} and {first['high_hz']:.3g} Hz"
    ]
    if others:
        beside = ", ".join(f"{one['frequency_hz']:.3g} Hz ({one['rule']})" for one in others)
        lines.append(f"  other rules: {beside}")
    lines.append(f"  {report['source']}")
    if report["lowest_inside"] is not None:
        where = "inside" if report["lowest_inside"] else "OUTSIDE: is it the first mode?"
        lines.append(f"  lowest mode found: {report['lowest_found_hz']:.4g} Hz, {where}")
    return lines


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of storeys")
    return value
