"""Identity of the journal behind a watermark: random, and tied to this very file.

A restored backup or a replaced disk must not speak with the voice of the old one, because it may
hold less than it once said. The identity is therefore kept with the inode of its own file: a copy
has another inode, gets a new identity, and the edge sends again what it still has; what is there
already counts as duplicate.
"""

import os
import secrets
from pathlib import Path

from plumbline.collector.storage.files import sync_folder, write_all


def store_id(folder: Path) -> str:
    """Return the identity of the journal in a folder, made anew if it is missing or a copy."""
    return known_store_id(folder) or _made(folder / "store_id")


def known_store_id(folder: Path) -> str | None:
    """Return the identity a journal states; None where it has none or is a copy."""
    path = folder / "store_id"
    try:
        word, inode = path.read_text(encoding="ascii").split()
        if int(inode) == path.stat().st_ino and len(word) == 16:
            return word
    except (FileNotFoundError, ValueError):
        pass
    return None


def _made(path: Path) -> str:
    word = secrets.token_hex(8)
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        write_all(fd, f"{word} {os.fstat(fd).st_ino}\n".encode("ascii"))
        os.fsync(fd)
    finally:
        os.close(fd)
    sync_folder(path.parent)
    return word
