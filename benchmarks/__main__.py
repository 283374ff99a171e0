"""Run every benchmark, or those named: ``python -m benchmarks [NAME ...]``."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOT_ALONE = {"__init__", "__main__", "soak"}


def main(names: list[str]) -> int:
    """Run the scripts one after another, each in its own process; return how many failed."""
    known = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_ALONE)
    if unknown := set(names) - set(known):
        print(f"no benchmark is called {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
        return 2
    failed = 0
    for name in names or known:
        print(f'{{"benchmark": "{name}"}}', flush=True)
        words = [sys.executable, "-m", f"benchmarks.{name}"]
        done = subprocess.run(words, cwd=HERE.parent, check=False)
        failed += done.returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
