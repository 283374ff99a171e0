"""A call without alerting: everybody, once, by the first sender, when alerting cannot start."""

import logging
import time
from pathlib import Path

from plumbline.collector.alerting.senders import senders_for
from plumbline.collector.alerting.senders.message import Message
from plumbline.collector.alerting.settings import AlertingSettings, Language
from plumbline.collector.alerting.text.sms_segments import segments
from plumbline.collector.events.model import AlarmLevel

log = logging.getLogger(__name__)

TEXTS = {
    Language.ENGLISH: "RED Plumbline: alarms cannot be sent, alerting does not start. "
    "Watch the site yourselves, and restart the collector.",
    Language.THAI: "แดง Plumbline: ส่งแจ้งเตือนไม่ได้ ระบบแจ้งเตือนไม่เริ่มทำงาน "
    "โปรดเฝ้าดูหน้างานเอง และเริ่มเครื่อง collector ใหม่",
    Language.JAPANESE: "赤 Plumbline: 警報を送れません。通報機能が起動しません。"
    "現場を直接監視し、収集装置を再起動してください。",
}
"""Short enough for one or two parts; needs native review."""


def call_everybody(settings: AlertingSettings, data: Path) -> int:
    """Hand one message a person to the first sender; return how many were taken.

    Each is written beside its reason in the log; nobody's failure keeps the others' message back.
    """
    first = settings.senders[0]
    sender = senders_for(settings, data)[first]
    now_ns = time.time_ns()
    taken = 0
    for number, person in enumerate(settings.person):
        text = TEXTS[person.language]
        message = Message(
            id=now_ns // 1_000_000 + number,  # never a number of the outbox, which counts from 1
            attempt=1,
            person=person.name,
            phone=person.phone,
            text=text,
            segments=segments(text),
            level=AlarmLevel.RED,
            created_ns=now_ns,
        )
        try:
            sender.submit(message, now_ns)
            taken += 1
        except Exception:
            log.exception("%s could not be told that alerting does not start", person.name)
    log.error("alerting does not start: %d people were told by %s", taken, first)
    return taken
