"""A bar on the terminal while work takes longer than two seconds; nothing where nobody looks."""

import sys
import time

PATIENCE_S, EVERY_S = 2.0, 0.2
WIDTH = 30


class ProgressBar:
    """One line on standard error, rewritten; call `end` before printing anything else."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shows = sys.stderr.isatty()
        self._began_s = time.monotonic()
        self._due_s = self._began_s + PATIENCE_S
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        """Show how much of the bytes is done, if it is time to."""
        now_s = time.monotonic()
        if not self._shows or now_s < self._due_s or total <= 0:
            return
        self._due_s, self._shown = now_s + EVERY_S, True
        share = done / total
        left_s = (now_s - self._began_s) * (1 - share) / share if share > 0 else 0.0
        bar = "#" * round(WIDTH * share)
        text = f"{self._what} [{bar:<{WIDTH}}] {share:4.0%} of {total / 1e6:.0f} MB, {left_s:.0f} s"
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self._shown = False
