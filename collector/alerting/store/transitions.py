"""State transitions: the status that follows, as its table has it, or an error."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from plumbline.collector.alerting.errors import InvalidTransition

StatusT = TypeVar("StatusT", bound=StrEnum)
EventT = TypeVar("EventT", bound=StrEnum)


def next_status(
    table: Mapping[tuple[StatusT, EventT], StatusT], status: StatusT, event: EventT
) -> StatusT:
    """Return the status that follows one status and one event.

    Raises
    ------
    InvalidTransition
        If the table does not know the pair.
    """
    try:
        return table[status, event]
    except KeyError as error:
        raise InvalidTransition(
            f"{type(status).__name__} {status}: {event} is not in its table"
        ) from error
