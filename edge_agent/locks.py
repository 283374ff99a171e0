"""One agent for each spool: a lock the kernel drops when the process ends, however it ends."""

import fcntl
import os
from pathlib import Path

from plumbline.edge_agent.errors import InUse, SpoolTrouble


class SpoolLock:
    """Holds ``<spool>.lock`` until closed.

    Raises
    ------
    InUse
        If another agent has the spool.
    SpoolTrouble
        If the folder cannot be written.
    """

    def __init__(self, spool: Path) -> None:
        path = spool.with_name(spool.name + ".lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise SpoolTrouble(
                f"spool {spool}: the folder cannot be written ({error.strerror}); correct path in "
                "[spool] or its rights"
            ) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(self._fd, 20).decode(errors="replace").strip()
            os.close(self._fd)
            raise InUse(
                f"spool {spool} is in use by another edge agent (process {holder or 'unknown'}); "
                "stop that one, or give this one another path in [spool]"
            ) from error
        os.ftruncate(self._fd, 0)
        os.write(self._fd, f"{os.getpid()}\n".encode())

    def close(self) -> None:
        """Let the spool go."""
        os.close(self._fd)
