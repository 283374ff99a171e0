"""What can be wrong with the journal.

::

    JournalError
     ├ JournalLocked    another collector holds the folder       -> stop the other one
     ├ JournalFull      no space left; nothing was added         -> free space, then it goes on
     ├ JournalBroken    a failed fsync: give the group again    -> it opens itself again
     └ FellOff          an offset below the oldest segment       -> refill from the archive
"""


class JournalError(Exception):
    """The journal cannot do what it is called for."""


class JournalLocked(JournalError):
    """Another process has the journal open."""


class JournalFull(JournalError):
    """The disk has no space left; the group was not added and may be tried again."""


class JournalBroken(JournalError):
    """An fsync failed; what it was for must be given again, and is then written anew."""


class OffsetOutOfRange(JournalError):
    """The entries at an offset were released; ``first_offset`` is the oldest there is."""

    def __init__(self, offset: int, first_offset: int) -> None:
        self.first_offset = first_offset
        super().__init__(f"offset {offset} was released; the journal begins at {first_offset}")
