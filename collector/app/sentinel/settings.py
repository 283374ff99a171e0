"""The sentinel's configuration file: which collector, how long to wait, whom to call and how."""

import zoneinfo
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from plumbline.collector.alerting.settings import (
    AlertingSettings,
    GammuSettings,
    Person,
    SenderName,
)
from plumbline.wire.broker_settings import BrokerSettings
from plumbline.wire.settings import BesidePath, Settings

CLIENT_ID = "plumbline-sentinel"


def _http(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"url {url!r}: expected http:// or https:// and a host")
    return url


def _zone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"timezone {name!r} is not known; write it as Asia/Bangkok") from error
    return name


class CollectorAddress(Settings):
    """Where the collector's health is read: the address of its page."""

    url: Annotated[str, AfterValidator(_http)]
    """The page's address; ``/healthz`` below it needs no password."""
    ca_file: BesidePath | None = None
    """Authority to trust, where the page's certificate is of the site's own."""
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 4.0


class SentinelBroker(BrokerSettings):
    """The broker on which the collector's watermarks and the agents' heartbeats are listened to."""

    client_id: str = CLIENT_ID


class SentinelSettings(Settings):
    """Everything the sentinel is told."""

    site: Annotated[str, Field(min_length=1, max_length=20)]
    """What the messages call the place."""
    data: BesidePath = Field(default=Path("sentinel-data"), validate_default=True)
    """Its memory, so that a restart tells nothing twice; made on first use."""
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Bangkok"
    collector: CollectorAddress | None = None
    broker: SentinelBroker | None = None
    silent_s: Annotated[float, Field(ge=5, le=3600)] = 20.0
    """How long a fault lasts before people are called. [s]"""
    back_s: Annotated[float, Field(ge=1, le=3600)] = 30.0
    """How long all is well before people are told so. [s]"""
    poll_s: Annotated[float, Field(ge=0.5, le=60)] = 5.0
    """How often the health is read. [s]"""
    confirm_s: Annotated[float, Field(gt=0, le=3600)] = 60.0
    """How long a sender may take while the person's next one could be tried. [s]"""
    exercise: bool = False
    """Put the TEST mark before every message."""
    senders: Annotated[tuple[SenderName, ...], Field(min_length=1)] = (SenderName.OUTBOX_FOLDER,)
    gammu: GammuSettings = GammuSettings()
    person: Annotated[tuple[Person, ...], Field(min_length=1)]
    """All of them are called, at once."""

    @model_validator(mode="after")
    def _watches_something(self) -> "SentinelSettings":
        if self.collector is None and self.broker is None:
            raise ValueError("nothing is watched: add [collector] url = ..., or [broker], or both")
        if self.collector is not None and self.poll_s + self.collector.timeout_s > self.silent_s:
            raise ValueError(
                f"poll_s and collector.timeout_s together are longer than silent_s "
                f"({self.silent_s:g} s): one lost answer would call people; shorten them"
            )
        return self

    def alerting(self) -> AlertingSettings:
        """Return senders and people as the collector's own senders take them."""
        return AlertingSettings(senders=self.senders, person=self.person, gammu=self.gammu)
