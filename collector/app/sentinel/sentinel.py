"""The sentinel, assembled: listen, conclude, remember, call; once a second, whatever happens."""

import logging
import threading
import time
import zoneinfo
from collections.abc import Callable, Mapping

from plumbline.collector.alerting.senders import senders_for
from plumbline.collector.alerting.senders.message import Sender
from plumbline.collector.alerting.settings import SenderName
from plumbline.collector.app.sentinel.calling import Caller
from plumbline.collector.app.sentinel.judgement import Fault, FaultWatch, Observed, Watched
from plumbline.collector.app.sentinel.listening import HealthPoller, WatermarkSubscriber
from plumbline.collector.app.sentinel.memory import SentinelMemory
from plumbline.collector.app.sentinel.settings import SentinelSettings
from plumbline.collector.app.sentinel.wording import SentinelWording
from plumbline.wire.block import NS
from plumbline.wire.notify import notify

log = logging.getLogger(__name__)

TICK_S = 0.5
MISSED_POLLS = 1.5
"""An answer is fresh for so many polls, and its time-out."""


def watched_by(settings: SentinelSettings) -> Watched:
    """Return what a configuration listens to, and how old a sign of life may be.

    A health report is stale after the next one did not come; the fault then has to last the rest
    of ``silent_s``. A watermark is due every 5 s at the latest, while data flows.
    """
    page = settings.collector
    fresh_s = settings.poll_s * MISSED_POLLS + page.timeout_s if page is not None else 0.0
    return Watched(
        page=page is not None,
        broker=settings.broker is not None,
        fresh_s=min(fresh_s, settings.silent_s),
        watermark_s=min(15.0, settings.silent_s),
    )


class Sentinel:
    """One sentinel of one collector.

    Parameters
    ----------
    senders
        Ways a message can leave; None makes those that the configuration names.
    clock_s, now_ns
        Monotonic time, and UTC.
    """

    def __init__(
        self,
        settings: SentinelSettings,
        *,
        senders: Mapping[SenderName, Sender] | None = None,
        clock_s: Callable[[], float] = time.monotonic,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self.settings = settings
        self.observed = Observed()
        self._clock_s, self._now_ns = clock_s, now_ns
        self._watched = watched_by(settings)
        self._watch = FaultWatch(self._watched, clock_s())
        self.memory = SentinelMemory(settings.data / "sentinel.db")
        alerting = settings.alerting()
        made = senders_for(alerting, settings.data) if senders is None else senders
        self._caller = Caller(alerting, made, self.memory, settings.confirm_s)
        zone = zoneinfo.ZoneInfo(settings.timezone)
        self._wording = SentinelWording(settings.site, zone, exercise=settings.exercise)
        self._parts: list[HealthPoller | WatermarkSubscriber] = []
        if settings.collector is not None:
            self._parts.append(HealthPoller(settings.collector, settings.poll_s, self.observed))
        if settings.broker is not None:
            self._parts.append(WatermarkSubscriber(settings.broker, self.observed))

    def run(self, stop: threading.Event) -> None:
        """Watch until told to stop."""
        for part in self._parts:
            part.start()
        notify("READY=1")
        try:
            while not stop.wait(TICK_S):
                try:
                    self.tick()
                    notify("WATCHDOG=1")
                except Exception:  # a full disk, a damaged file: systemd restarts what stays so
                    log.exception("the sentinel met a fault and goes on")
        finally:
            notify("STOPPING=1")
            for part in self._parts:
                part.stop()
            self.memory.close()

    def tick(self) -> None:
        """Conclude, call, follow the messages under way."""
        now_s, now_ns = self._clock_s(), self._now_ns()
        fault = self._watch.update(self.observed, now_s)
        faulty_s, well_s = self._watch.faulty_s(now_s), self._watch.well_s(now_s)
        called = self.memory.called()
        if called is None and fault is not None and faulty_s >= self._patience_s(fault):
            began_ns = now_ns - round((faulty_s + self._allowance_s(fault)) * NS)
            self._begin(fault, began_ns, now_ns)
        elif called is not None and fault is None and well_s >= self.settings.back_s:
            back_ns = now_ns - round(well_s * NS)
            texts = {
                person.name: self._wording.back(person.language, called.began_ns, back_ns)
                for person in self.settings.person
            }
            self.memory.end(called, texts, now_ns)
            log.warning("the collector is watching again")
        self._caller.tick(now_ns)

    def test_call(self) -> None:
        """Send a test message to everybody."""
        now_ns = self._now_ns()
        texts = {
            person.name: self._wording.test(person.language, now_ns)
            for person in self.settings.person
        }
        self.memory.queue(texts, now_ns)
        self._caller.tick(now_ns)

    def _begin(self, fault: Fault, began_ns: int, now_ns: int) -> None:
        texts = {
            person.name: self._wording.fault(person.language, fault, began_ns)
            for person in self.settings.person
        }
        self.memory.begin(fault, began_ns, texts, now_ns)
        log.error(
            "the collector is %s: %s", fault, "; ".join(self.observed.problems) or "no answer"
        )

    def _allowance_s(self, fault: Fault) -> float:
        """Return how long the sign of life had been away before it counted as a fault. [s]"""
        watched = self._watched
        ages = {Fault.UNREACHABLE: watched.fresh_s, Fault.SILENT: watched.watermark_s}
        return ages.get(fault, 0.0)

    def _patience_s(self, fault: Fault) -> float:
        """Return how long a fault must be named before people are called. [s]"""
        return max(self.settings.silent_s - self._allowance_s(fault), 0.0)
