"""Results of a long run in a file, so that it can be stopped and resumed."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scipy import stats

FOLDER = Path("soak-data")
CONFIDENCE = 0.95


def upper_bound(count: int) -> float:
    """Return the largest mean that a Poisson count does not rule out, one-sided, 95 %.

    Zero seen in a span bounds the rate by 3.0 a span (exactly -ln 0.05).
    """
    return float(stats.chi2.ppf(CONFIDENCE, 2 * (count + 1)) / 2)


def resumed(
    name: str, units: int, unit: Callable[[int], dict[str, Any]], minutes: float | None
) -> list[dict[str, Any]]:
    """Do the units that are not done yet and return what all done ones counted.

    Parameters
    ----------
    name
        Name of the run; its results are stored in ``soak-data/NAME.jsonl``.
    units
        How many make the whole; each has its own seed, its number.
    unit
        Does one.
    minutes
        Begin none after this long. [min]
    """
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    done = {one["unit"]: one for one in map(json.loads, lines) if one["unit"] < units}
    began = time.monotonic()
    for number in range(units):
        if number in done:
            continue
        if minutes is not None and time.monotonic() - began > 60 * minutes:
            break
        counted = {"unit": number, **unit(number)}
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(counted) + "\n")
        done[number] = counted
    return list(done.values())


def summed(found: list[dict[str, Any]], key: str) -> float:
    """Return the sum of one count over units."""
    return float(sum(one[key] for one in found))
