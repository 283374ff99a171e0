"""The journal's folder: one user at a time, a last segment that is whole, errors in our words."""

import errno
import fcntl
import os
from pathlib import Path

from plumbline.collector.journal.errors import JournalError, JournalFull, JournalLocked
from plumbline.collector.journal.segment import entries_in

NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def locked(folder: Path) -> int:
    """Lock the folder for this process; return the file that holds the lock.

    Raises
    ------
    JournalLocked
        If another process has it.
    """
    fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(fd)
        raise JournalLocked(
            f"{folder}: another collector is using this data folder; stop it first"
        ) from error
    return fd


def translated(folder: Path, error: OSError) -> JournalError:
    """Return what a failed write means for the journal."""
    if error.errno in NO_SPACE:
        return JournalFull(f"{folder}: {error.strerror}; free disk space")
    return JournalError(f"{folder}: cannot be written, {error.strerror}")


def mended(fd: int) -> int:
    """Cut what follows the last whole entry, make the rest durable, return its length."""
    content = os.pread(fd, os.fstat(fd).st_size, 0)
    length = 0
    for found in entries_in(content):
        length = found.end
    if length < len(content):
        os.ftruncate(fd, length)
    os.fsync(fd)
    return length
