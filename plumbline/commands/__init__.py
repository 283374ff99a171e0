"""Commands of the user: one module each, imported when the command is run."""

import sys
from collections.abc import Sequence


def exit_code(command: str, problems: Sequence[str]) -> int:
    """Print what was wrong with some of the files, one a line; return 0 if nothing was, else 2."""
    for problem in problems:
        print(f"plumbline {command}: {problem}", file=sys.stderr)
    return 2 if problems else 0
