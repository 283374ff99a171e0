"""Times on the command line, read for an option."""

from plumbline.errors import CommandError
from plumbline.wire.timestamps import time_ns_of


def option_ns(option: str, text: str) -> int:
    """Return the time an option names. [ns since 1970]

    Raises
    ------
    CommandError
        If it is no ISO 8601 time.
    """
    try:
        return time_ns_of(text)
    except ValueError as error:
        raise CommandError(f"{option} {error}") from error
