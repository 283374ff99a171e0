"""What can be wrong with a table of readings."""

from plumbline.records.errors import RecordError


class TableError(RecordError):
    """A table that is not what was expected; the text says what, and what to do."""
