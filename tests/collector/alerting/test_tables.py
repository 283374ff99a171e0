"""The two machines of alerting, walked pair by pair."""

from itertools import product

import pytest

from plumbline.collector.alerting.errors import StepRefused
from plumbline.collector.alerting.store import incident, notification
from plumbline.collector.alerting.store.incident import Happening, Status
from plumbline.collector.alerting.store.notification import State, Step

REFUSED = {
    (Status.OPEN, Happening.RESUMED),
    (Status.OPEN, Happening.LAPSED),
    (Status.ACKNOWLEDGED, Happening.RESUMED),
    (Status.ACKNOWLEDGED, Happening.LAPSED),
    (Status.OVER, Happening.ENDED),
    (Status.CLOSED, Happening.ENDED),
    (Status.CLOSED, Happening.RECOVERED),
    (Status.CLOSED, Happening.LAPSED),
}


@pytest.mark.parametrize(("status", "happening"), list(product(Status, Happening)))
def test_every_pair_of_an_incident_is_decided_or_refused(status, happening):
    if (status, happening) in REFUSED:
        with pytest.raises(StepRefused, match=f"{status} cannot be {happening}"):
            incident.after(status, happening)
    else:
        assert incident.after(status, happening) in Status


SEEN = {Status.ACKNOWLEDGED, Status.CLOSED}
GOES_ON = {Status.OPEN, Status.ACKNOWLEDGED}


@pytest.mark.parametrize(("before", "after"), incident.TRANSITIONS.items())
def test_a_status_is_two_answers_and_each_happening_changes_its_own(before, after):
    status, happening = before
    goes_on, seen = status in GOES_ON, status in SEEN
    expected = {
        Happening.WORSE: (goes_on, False),
        Happening.ACK: (goes_on, True),
        Happening.ENDED: (False, seen),
        Happening.RECOVERED: (False, True),
        Happening.RESUMED: (True, False),
        Happening.LAPSED: (False, True),
    }[happening]
    assert (after in GOES_ON, after in SEEN) == expected


TAKES = {
    State.QUEUED: {Step.LEASE, Step.TOO_OLD, Step.WITHDRAW, Step.BUNDLE},
    State.LEASED: {
        Step.LEASE_ENDED,
        Step.HANDED_OVER,
        Step.CONFIRMED,
        Step.TRY_AGAIN,
        Step.REFUSED,
    },
    State.SUBMITTED: {Step.CONFIRMED, Step.TRY_AGAIN, Step.REFUSED, Step.TOO_OLD},
}


@pytest.mark.parametrize(("state", "step"), list(product(State, Step)))
def test_every_pair_of_a_notification_is_decided_or_refused(state, step):
    if step in TAKES.get(state, set()):
        assert notification.after(state, step) in State
    else:
        with pytest.raises(StepRefused, match=f"{state} cannot take: {step}"):
            notification.after(state, step)


def test_what_a_sender_confirmed_is_never_sent_again():
    reachable = {State.SENT}
    while True:
        more = {
            after for (state, _), after in notification.TRANSITIONS.items() if state in reachable
        }
        if more <= reachable:
            break
        reachable |= more
    assert reachable == {State.SENT}
