"""Upkeep of the quarantine while ingest runs: what is to be tried again, and what is too old."""

import logging
import sqlite3
import time
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from plumbline.collector.ingest.ingest import Ingest
from plumbline.collector.ingest.quarantine import UNREADABLE, Quarantine, QuarantineCause
from plumbline.collector.ingest.validation import Incoming, Refused, checked
from plumbline.collector.journal import JournalError
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.settings import Settings

log = logging.getLogger(__name__)

RETRY_EVERY_S, AGE_EVERY_S = 2.0, 3600.0
DAY_NS = 86_400 * NS


class QuarantineSettings(Settings):
    """The ``[quarantine]`` section: how much is kept of what could not be taken, and how long."""

    bound_mb: Annotated[float, Field(gt=0)] = 256.0
    """Beyond it the oldest unreadable messages go; whole blocks stay, and no more is stored."""
    unreadable_days: Annotated[float, Field(gt=0)] = 30.0
    """Messages that are no record, or damaged, are dropped after so long. [d]"""
    waiting_days: Annotated[float, Field(gt=0)] = 365.0
    """Whole blocks that nobody knows a place for are dropped after so long. [d]"""


class QuarantineUpkeep:
    """Takes what is to be tried again, drops what is too old; the thread of ingest calls it."""

    def __init__(
        self,
        settings: QuarantineSettings,
        quarantine: Quarantine,
        ingest: Ingest,
        places: Mapping[str, Place],
    ) -> None:
        self._settings = settings
        self._quarantine = quarantine
        self._ingest = ingest
        self._places = places
        self._retry_at_s = self._age_at_s = time.monotonic()

    def tick(self, now_ns: int) -> None:
        """Do what is due; a fault of the database is logged and tried again."""
        now_s = time.monotonic()
        try:
            if now_s >= self._retry_at_s:
                self._retry_at_s = now_s + RETRY_EVERY_S
                self.retry(now_ns)
            if now_s >= self._age_at_s:
                self._age_at_s = now_s + AGE_EVERY_S
                self.age(now_ns)
        except (sqlite3.Error, OSError, JournalError) as error:
            log.warning("upkeep of the quarantine: %s; it is tried again", error)

    def retry(self, now_ns: int) -> None:
        """Try again what is marked; what is still refused stays, with the reason of today."""
        for number, topic, payload in self._quarantine.marked():
            message = Incoming(topic, payload, now_ns)
            try:
                checked(message, self._places)
            except Refused as refused:
                self._quarantine.refused_again(number, refused.cause, str(refused))
                continue
            self._ingest.take([message])
            self._quarantine.drop([number])

    def age(self, now_ns: int) -> None:
        """Drop what is older than the configuration keeps it."""
        waiting = [cause for cause in QuarantineCause if cause not in UNREADABLE]
        for days, causes in (
            (self._settings.unreadable_days, list(UNREADABLE)),
            (self._settings.waiting_days, waiting),
        ):
            dropped = self._quarantine.drop_older(now_ns - round(days * DAY_NS), causes)
            if dropped:
                log.warning("dropped %d messages after %g days in quarantine", dropped, days)
