"""Alarm on a shift of modal frequencies: opened when confirmed, closed when it is over."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from plumbline.analysis.modal import Health
from plumbline.collector.events.codec import from_text, to_text
from plumbline.collector.jobs.modal.settings import ModalAlarm
from plumbline.collector.jobs.modal.shift_events import shift_event


class AlarmAction(StrEnum):
    """Effect of a window's verdict on the alarm."""

    CONFIRMS = "confirms"
    CLEARS = "clears"
    RESETS = "resets both counts"
    NOTHING = "leaves both counts"
    ENDS = "ends it: another stage is compared with another baseline"


ACTION_OF: dict[Health, AlarmAction] = {
    Health.ALARM: AlarmAction.CONFIRMS,
    Health.NORMAL: AlarmAction.CLEARS,
    Health.ONE_MODE: AlarmAction.RESETS,
    Health.RECOVERING: AlarmAction.NOTHING,
    Health.APPARENT: AlarmAction.NOTHING,
    Health.UNKNOWN: AlarmAction.NOTHING,
    Health.SUSPENDED: AlarmAction.ENDS,
}
"""Everything that may open or close the alarm is in this table."""


def initial_state(next_ns: int) -> dict[str, Any]:
    """Return the state of a structure before its first window, as JSON can hold it."""
    return {"next_ns": next_ns, "risen": [], "fallen": 0, "event": None}


def next_state(
    state: Mapping[str, Any],
    action: AlarmAction,
    body: Mapping[str, Any],
    *,
    structure: str,
    confirm: int,
    adopted: ModalAlarm | None,
) -> dict[str, Any]:
    """Return the state after a window: counts, and the event as it is now.

    Parameters
    ----------
    state
        ``risen``: beginnings of the records in a row that showed it, ``confirm`` of them at most;
        ``fallen``: how many in a row did not show it; ``event``: the latest, as text.
    action
        What the window means for the alarm.
    body
        The window.
    """
    if action is AlarmAction.NOTHING:
        return dict(state)
    begin_ns = body["record_ns"][0]
    known = None if state["event"] is None else from_text(state["event"])
    going_on = known is not None and known.closed_ns is None
    risen = [*state["risen"], begin_ns][:confirm] if action is AlarmAction.CONFIRMS else []
    fallen = state["fallen"] + 1 if action is AlarmAction.CLEARS else 0
    event = state["event"]
    if action is AlarmAction.CONFIRMS and (going_on or len(risen) >= confirm):
        onset_ns = known.onset_ns if known is not None and going_on else risen[0]
        made = shift_event(structure, onset_ns, body, adopted)
        if made is not None and known is not None and going_on and known.value > made.value:
            made = replace(made, value=known.value)  # an event has the largest so far
        event = event if made is None else to_text(made)
    over = action is AlarmAction.ENDS or (action is AlarmAction.CLEARS and fallen >= confirm)
    if known is not None and going_on and over:
        event = to_text(replace(known, closed_ns=begin_ns))
    return {**state, "risen": risen, "fallen": fallen, "event": event}
