"""Self-pipe that wakes a thread waiting in ``select``."""

import contextlib
import os


class WakeupPipe:
    """A pipe: `ring` from any thread makes ``fd`` readable, `clear` makes it quiet again."""

    def __init__(self) -> None:
        self.fd, self._ringer = os.pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(self._ringer, False)

    def ring(self) -> None:
        """Wake whoever waits on ``fd``."""
        with contextlib.suppress(BlockingIOError):  # full: it is awake already
            os.write(self._ringer, b"x")

    def clear(self) -> None:
        """Take all rings away."""
        with contextlib.suppress(BlockingIOError):
            os.read(self.fd, 4096)

    def close(self) -> None:
        """Close both ends of the pipe."""
        os.close(self.fd)
        os.close(self._ringer)
