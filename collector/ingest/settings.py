"""The ``[broker]`` section of the collector's configuration."""

from typing import Annotated

from pydantic import Field

from plumbline.wire.broker_settings import BrokerSettings
from plumbline.wire.settings import ExistingFile


class SubscriberSettings(BrokerSettings):
    """The collector's connection to the broker; every file it names must be there."""

    password_file: ExistingFile | None = None
    tls_ca: ExistingFile | None = None
    tls_cert: ExistingFile | None = None
    tls_key: ExistingFile | None = None
    inbox: Annotated[int, Field(ge=100)] = 10_000
    """Messages that may wait for ingest before the broker is held back."""
