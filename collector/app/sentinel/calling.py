"""Getting the sentinel's messages out: each person's senders in turn until one has taken it."""

import logging
from collections.abc import Mapping

from plumbline.collector.alerting.engine.retry import pause_ns
from plumbline.collector.alerting.errors import SendError
from plumbline.collector.alerting.senders.message import Message, Receipt, Sender
from plumbline.collector.alerting.settings import AlertingSettings, SenderName
from plumbline.collector.alerting.text.sms_segments import segments
from plumbline.collector.app.sentinel.memory import CallMessage, MessageState, SentinelMemory
from plumbline.collector.events.model import AlarmLevel
from plumbline.wire.block import NS

log = logging.getLogger(__name__)


class Caller:
    """Hands messages over and follows them until a gateway confirms.

    Parameters
    ----------
    confirm_s
        How long a sender may take before the person's next one is tried. [s]
    """

    def __init__(
        self,
        settings: AlertingSettings,
        senders: Mapping[SenderName, Sender],
        memory: SentinelMemory,
        confirm_s: float,
    ) -> None:
        self._settings = settings
        self._senders = senders
        self._memory = memory
        self._confirm_ns = round(confirm_s * NS)

    def tick(self, now_ns: int) -> None:
        """Try what is due, and look where the others are."""
        for message in self._memory.under_way():
            if message.state is MessageState.HANDED:
                self._follow(message, now_ns)
            elif message.due_ns <= now_ns or message.due_ns > now_ns + 3600 * NS:
                self._hand_over(message, now_ns)  # or the clock was set back

    def _names(self, message: CallMessage) -> tuple[SenderName, ...]:
        person = self._settings.named(message.person)
        return self._settings.senders_of(person) if person is not None else ()

    def _hand_over(self, message: CallMessage, now_ns: int) -> None:
        person, names = self._settings.named(message.person), self._names(message)
        if person is None:
            message.state = MessageState.DROPPED  # taken out of the configuration
            self._memory.save(message)
            return
        name = names[message.sender % len(names)]
        try:
            handed = self._senders[name].submit(
                Message(
                    id=message.id, attempt=message.attempt, person=person.name,
                    phone=person.phone, text=message.text, segments=segments(message.text),
                    level=AlarmLevel.RED, created_ns=message.created_ns,
                ),
                now_ns,
            )  # fmt: skip
        except (SendError, OSError) as error:
            log.error("%s cannot take the message to %s: %s", name, person.name, error)
            message.sender += 1
            once_round = message.sender % len(names) == 0
            pause = pause_ns(message.sender // len(names), f"n{message.id}") if once_round else 0
            message.due_ns = now_ns + pause
        else:
            confirmed = handed.receipt is Receipt.CONFIRMED
            message.state = MessageState.DONE if confirmed else MessageState.HANDED
            message.ref, message.handed_ns = handed.ref, now_ns
            log.warning("called %s by %s", person.name, name)
        self._memory.save(message)

    def _follow(self, message: CallMessage, now_ns: int) -> None:
        names = self._names(message)
        if not names or message.ref is None or message.handed_ns is None:
            message.state = MessageState.DROPPED
            self._memory.save(message)
            return
        sender = self._senders[names[message.sender % len(names)]]
        receipt = sender.receipt(message.ref)
        if receipt is Receipt.CONFIRMED:
            message.state = MessageState.DONE
        elif receipt is Receipt.GIVEN_BACK:
            self._again(message, now_ns)
        elif len(names) > 1 and abs(now_ns - message.handed_ns) > self._confirm_ns:
            if not sender.withdraw(message.ref):
                return  # it is leaving just now
            self._again(message, now_ns)
        else:
            return
        self._memory.save(message)

    @staticmethod
    def _again(message: CallMessage, now_ns: int) -> None:
        message.attempt += 1
        message.sender += 1
        message.state, message.ref, message.handed_ns = MessageState.QUEUED, None, None
        message.due_ns = now_ns + pause_ns(min(message.attempt, 6), f"n{message.id}")
