"""The two tables of alerting's states, gone through pair by pair."""

from itertools import product

import pytest

from plumbline.collector.alerting.errors import InvalidTransition
from plumbline.collector.alerting.store import incident, notification
from plumbline.collector.alerting.store.incident import IncidentEvent, IncidentStatus
from plumbline.collector.alerting.store.notification import NotificationState, NotificationStep
from plumbline.collector.alerting.store.transitions import next_status

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


@pytest.mark.parametrize(("status", "event"), list(product(IncidentStatus, IncidentEvent)))
def test_every_pair_of_an_incident_is_decided_or_refused(status, event):
    if (status, event) in REFUSED:
        with pytest.raises(InvalidTransition, match=f"IncidentStatus {status}: {event} is not"):
            next_status(incident.TRANSITIONS, status, event)
    else:
        assert next_status(incident.TRANSITIONS, status, event) in IncidentStatus


SEEN = {IncidentStatus.ACKNOWLEDGED, IncidentStatus.CLOSED}
GOES_ON = {IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED}


@pytest.mark.parametrize(("before", "after"), incident.TRANSITIONS.items())
def test_a_status_is_two_answers_and_each_event_changes_its_own(before, after):
    status, event = before
    goes_on, seen = status in GOES_ON, status in SEEN
    expected = {
        IncidentEvent.WORSE: (goes_on, False),
        IncidentEvent.ACK: (goes_on, True),
        IncidentEvent.ENDED: (False, seen),
        IncidentEvent.RECOVERED: (False, True),
        IncidentEvent.RESUMED: (True, False),
        IncidentEvent.LAPSED: (False, True),
    }[event]
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
        assert next_status(notification.TRANSITIONS, state, step) in NotificationState
    else:
        with pytest.raises(InvalidTransition, match=f"NotificationState {state}: {step} is not"):
            next_status(notification.TRANSITIONS, state, step)


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
