"""Durable writes: whole, synced, with the folder synced where a name appeared.

Everything of the collector that appends to its own files comes through here: whole writes, fsync of
the file, fsync of the folder where a name appeared.
"""

import ctypes
import os
from collections.abc import Collection
from pathlib import Path

FEW_FILES = 32
_syncfs = getattr(ctypes.CDLL(None), "syncfs", None)  # Linux


def write_all(fd: int, content: bytes | bytearray | memoryview) -> None:
    """Write every byte, or raise the error of the system."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(fd, rest) :]


def sync_folder(folder: Path) -> None:
    """Make the names inside a folder durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_many(paths: Collection[Path]) -> None:
    """Make the content of many files durable: one by one, or all of the disk at once."""
    if len(paths) > FEW_FILES and _syncfs is not None:
        fd = os.open(next(iter(paths)), os.O_RDONLY)
        try:
            if _syncfs(fd) == 0:
                return
        finally:
            os.close(fd)
    for path in paths:
        fd = os.open(path, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
