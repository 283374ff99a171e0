"""The long runs, one after another; JSON lines, each with what its count proves.

Run: ``python -m benchmarks.soak [NAME ...] [--minutes M]``. A run goes on where it was stopped (its
results are in ``soak-data/``; remove them to begin anew) and ends early after ``--minutes``.
"""

import argparse
import importlib
import json
import sys

SOAKS: dict[str, str] = {
    "kills": "benchmarks.soaks.kills",
    "long_period": "benchmarks.soaks.long_period",
    "piling": "benchmarks.soaks.piling",
}
"""By name, the module whose ``lines(minutes)`` yields what to print."""


def main(words: list[str]) -> int:
    """Run the soaks named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SOAKS))
    parser.add_argument("--minutes", type=float, help="of each run; it may be gone on with")
    args = parser.parse_args(words)
    if unknown := sorted(set(args.names) - set(SOAKS)):
        parser.error(f"no soak is called {', '.join(unknown)}; there are: {', '.join(SOAKS)}")
    for name in args.names or SOAKS:
        module = importlib.import_module(SOAKS[name])
        for line in module.lines(args.minutes):
            print(json.dumps(line), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
