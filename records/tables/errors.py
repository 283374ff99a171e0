"""What can be wrong with a file of slow readings."""


class SlowFileError(Exception):
    """A file that is not what was expected; the text says what, and what to do."""
