"""Atomic files: whoever opens one reads all of it or nothing."""

import os
from pathlib import Path

from plumbline.collector.storage.files import sync_folder


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under a hidden name, make it durable, and only then give it its name.

    The name is hidden by a dot in front: a gateway takes whatever begins with its own letters.
    """
    hidden = path.with_name(f".{path.name}.part")
    with hidden.open("wb") as file:
        _give_to_the_group(file.fileno(), path.parent)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    hidden.replace(path)
    sync_folder(path.parent)


def _give_to_the_group(fd: int, folder: Path) -> None:
    """Let the folder's group read, and nobody else.

    A gateway's daemon is of that group. Where we are not, and cannot give the file to it, everybody
    may read: a message that cannot be fetched would call nobody.
    """
    group = folder.stat().st_gid
    os.fchmod(fd, 0o640)
    if os.fstat(fd).st_gid != group:
        try:
            os.fchown(fd, -1, group)
        except PermissionError:
            os.fchmod(fd, 0o644)
