"""The two machines of alerting, walked pair by pair."""

from itertools import product

import pytest

from plumbline.collector.alerting.errors import StepRefused
from plumbline.collector.alerting.store import incident, notification
from plumbline.collector.alerting.store.incident import IncidentEvent, IncidentStatus
from plumbline.collector.alerting.store.notification import NotificationState, NotificationStep

REFUSED = {
    (IncidentStatus.OPEN, IncidentEvent.RESUMED),
    (IncidentStatus.OPEN, IncidentEvent.LAPSED),
    (IncidentStatus.ACKNOWLEDGED, IncidentEvent.RESUMED),
    (IncidentStatus.ACKNOWLEDGED, IncidentEvent.LAPSED),
    (IncidentStatus.OVER, IncidentEvent.ENDED),
    (IncidentStatus.CLOSED, IncidentEvent.ENDED),
    (IncidentStatus.CLOSED, IncidentEvent.RECOVERED),
    (IncidentStatus.CLOSED, IncidentEvent.LAPSED),
}


@pytest.mark.parametrize(("status", "happening"), list(product(IncidentStatus, IncidentEvent)))
def test_every_pair_of_an_incident_is_decided_or_refused(status, happening):
    if (status, happening) in REFUSED:
        with pytest.raises(StepRefused, match=f"{status} cannot be {happening}"):
            incident.after(status, happening)
    else:
        assert incident.after(status, happening) in IncidentStatus


SEEN = {IncidentStatus.ACKNOWLEDGED, IncidentStatus.CLOSED}
GOES_ON = {IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED}


@pytest.mark.parametrize(("before", "after"), incident.TRANSITIONS.items())
def test_a_status_is_two_answers_and_each_happening_changes_its_own(before, after):
    status, happening = before
    goes_on, seen = status in GOES_ON, status in SEEN
    expected = {
        IncidentEvent.WORSE: (goes_on, False),
        IncidentEvent.ACK: (goes_on, True),
        IncidentEvent.ENDED: (False, seen),
        IncidentEvent.RECOVERED: (False, True),
        IncidentEvent.RESUMED: (True, False),
        IncidentEvent.LAPSED: (False, True),
    }[happening]
    assert (after in GOES_ON, after in SEEN) == expected


TAKES = {
    NotificationState.QUEUED: {
        NotificationStep.LEASE,
        NotificationStep.TOO_OLD,
        NotificationStep.WITHDRAW,
        NotificationStep.BUNDLE,
    },
    NotificationState.LEASED: {
        NotificationStep.LEASE_ENDED,
        NotificationStep.HANDED_OVER,
        NotificationStep.CONFIRMED,
        NotificationStep.TRY_AGAIN,
        NotificationStep.REFUSED,
    },
    NotificationState.SUBMITTED: {
        NotificationStep.CONFIRMED,
        NotificationStep.TRY_AGAIN,
        NotificationStep.REFUSED,
        NotificationStep.TOO_OLD,
    },
}


@pytest.mark.parametrize(("state", "step"), list(product(NotificationState, NotificationStep)))
def test_every_pair_of_a_notification_is_decided_or_refused(state, step):
    if step in TAKES.get(state, set()):
        assert notification.after(state, step) in NotificationState
    else:
        with pytest.raises(StepRefused, match=f"{state} cannot take: {step}"):
            notification.after(state, step)


def test_what_a_sender_confirmed_is_never_sent_again():
    reachable = {NotificationState.SENT}
    while True:
        more = {
            after for (state, _), after in notification.TRANSITIONS.items() if state in reachable
        }
        if more <= reachable:
            break
        reachable |= more
    assert reachable == {NotificationState.SENT}
