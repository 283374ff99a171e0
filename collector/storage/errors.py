"""What can be wrong with a database of the collector.

::

    StorageError
     ├ DatabaseTooNew        written by a newer Plumbline   -> run that one, or restore a backup
     └ CannotOpenDatabase    no right, no space, damaged    -> what its text says
"""

from pathlib import Path


class StorageError(Exception):
    """A database cannot be used; the text is one line: which file, what is wrong, what to do."""


class DatabaseTooNew(StorageError):
    """A newer version of this program wrote the file; it was left as it is."""

    def __init__(self, path: Path, content: str, found: int, known: int) -> None:
        super().__init__(
            f"{path} ({content}): written by a newer Plumbline (schema version {found}, this one "
            f"knows up to {known}); run that Plumbline or a newer one, or restore the backup made "
            "before the update"
        )


class CannotOpenDatabase(StorageError):
    """SQLite cannot open the file."""

    def __init__(self, path: Path, content: str, reason: object) -> None:
        super().__init__(
            f"{path} ({content}): cannot be opened ({reason}); see that the disk has space and "
            "that this runs as the user the collector runs as; a damaged file is restored from a "
            "backup"
        )
