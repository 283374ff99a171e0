"""Bounds rise, actions fit a message, and a limit knows what makes it another one."""

import pytest

from plumbline.collector.events.model import AlarmLevel, Standing
from plumbline.collector.limits.bounds import Bounds

WORDS = {"structure": "TWR01", "source": "RPT-017", "amber": 1.0, "red": 2.0}


def bounds(**changed):
    return Bounds.model_validate(WORDS | changed)


@pytest.mark.parametrize("text", ["x" * 61, "ก" * 31, "one\ntwo", ""])
def test_an_action_that_no_message_holds_is_refused(text):
    with pytest.raises(ValueError, match=r"characters|one line|at least 1"):
        bounds(action={"red": text})


def test_an_event_is_told_the_action_of_its_own_level_only():
    own = bounds(action={"red": "Stop piling"}, owner="S. Chai", edition="2026")
    red, amber = own.event_limit(AlarmLevel.RED, 2.0), own.event_limit(AlarmLevel.AMBER, 1.0)
    assert (red.action, amber.action) == ("Stop piling", "")
    assert (red.owner, red.edition, red.name) == ("S. Chai", "2026", "TWR01/limit")
    assert own.event_limit(AlarmLevel.RED, 2.0, Standing.PROJECT).standing is Standing.PROJECT


def test_words_do_not_make_another_limit_and_numbers_do():
    assert bounds(owner="a").definition() == bounds(owner="b", standing="project").definition()
    assert bounds(red=2.1).definition() != bounds().definition()


def test_a_name_may_be_given():
    assert bounds(name="raft_tilt").id == "TWR01/raft_tilt"
    with pytest.raises(ValueError, match="pattern"):
        bounds(name="raft/tilt")
