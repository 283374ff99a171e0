"""What the user can type: one module a command, loaded when it is asked for."""

import sys
from collections.abc import Sequence


def exit_code(command: str, problems: Sequence[str]) -> int:
    """Say what was wrong with some of the files, one a line; 0 if nothing was, else 2."""
    for problem in problems:
        print(f"plumbline {command}: {problem}", file=sys.stderr)
    return 2 if problems else 0
