"""The table of the trigger decides or refuses every pair."""

import itertools

import numpy as np
import pytest

from plumbline.analysis.trigger.states import (
    FROZEN,
    TRANSITIONS,
    TriggerEvent,
    TriggerStatus,
    following,
)


@pytest.mark.parametrize(
    ("status", "happening"), list(itertools.product(TriggerStatus, TriggerEvent))
)
def test_every_pair_is_decided_or_refused(status, happening):
    before = np.array([status], dtype=np.int8)
    what = np.array([happening], dtype=np.int8)
    if (status, happening) in TRANSITIONS:
        assert following(before, what)[0] == TRANSITIONS[status, happening]
    else:
        with pytest.raises(ValueError, match=f"{status.name} can meet {happening.name}"):
            following(before, what)


def test_no_trigger_goes_on_without_being_proven():
    ways = {pair for pair, after in TRANSITIONS.items() if after is TriggerStatus.ON}
    assert ways == {
        (TriggerStatus.RISING, TriggerEvent.PROVEN),
        (TriggerStatus.ON, TriggerEvent.NOTHING),
    }


def test_an_arming_trigger_can_only_become_armed():
    after = {TRANSITIONS[pair] for pair in TRANSITIONS if pair[0] is TriggerStatus.ARMING}
    assert after == {TriggerStatus.ARMING, TriggerStatus.ARMED}


def test_the_long_average_stands_still_from_the_first_doubt_to_the_end():
    assert set(FROZEN) == {TriggerStatus.RISING, TriggerStatus.ON}


def test_every_status_can_be_left():
    for status in TriggerStatus:
        assert any(after is not status for (s, _), after in TRANSITIONS.items() if s is status)
