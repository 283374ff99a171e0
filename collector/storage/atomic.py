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
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    hidden.replace(path)
    sync_folder(path.parent)
