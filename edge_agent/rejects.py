"""Log of rejected bytes: JSON lines within a bound, for a person to read."""

import contextlib
import json
import threading
from pathlib import Path

from plumbline.edge_agent.framing import Rejected

MB = 1_000_000


class Rejects:
    """A file of JSON lines and the one before it, together at most ``bound_mb``.

    Parameters
    ----------
    path
        Where the lines go; ``path`` with ``.1`` behind it is the older file.
    bound_mb
        Most that both files take. [MB]
    """

    def __init__(self, path: Path, *, bound_mb: float = 4.0) -> None:
        self.count = 0
        self._path = path
        self._half_bytes = round(bound_mb * MB / 2)
        self._lock = threading.Lock()

    def record(self, port: str, rejected: Rejected, utc_ns: int) -> None:
        """Count bytes and write them down: when, where, why and what."""
        line = json.dumps(
            {"ns": utc_ns, "port": port, "reason": rejected.reason, "hex": rejected.raw.hex()}
        )
        with self._lock, contextlib.suppress(OSError):  # a full disk must not stop the reading
            self.count += 1
            if self._path.exists() and self._path.stat().st_size + len(line) > self._half_bytes:
                self._path.replace(self._path.with_name(self._path.name + ".1"))
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
