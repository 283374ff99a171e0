"""File modes of a data folder: what people said and who is called is nobody else's to read."""

import os
from pathlib import Path

OTHERS = 0o007
UMASK = 0o027
PRIVATE = ("state", "outbox", "quarantine")
"""Folders below the data folder that are closed to others even where they were open before."""


def keep_private(data: Path) -> None:
    """Let nothing be made that others can read, and close what an earlier version left open."""
    os.umask(os.umask(UMASK) | UMASK)
    for name in PRIVATE:
        folder = data / name
        for path in (folder, *folder.glob("*")) if folder.is_dir() else ():
            mode = path.stat().st_mode & 0o777
            if mode & OTHERS:
                path.chmod(mode & ~OTHERS)
