"""Broker settings: host, login and TLS of an MQTT connection; on this machine, or guarded."""

import ipaddress
from typing import Annotated

from pydantic import Field, model_validator

from plumbline.wire.settings import BesidePath, Settings


class BrokerSettings(Settings):
    """Host, login and TLS of a connection to an MQTT broker.

    Both ends of the line extend it with the keys that only they have.
    """

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    username: str | None = None
    password_file: BesidePath | None = None
    tls_ca: BesidePath | None = None
    tls_cert: BesidePath | None = None
    tls_key: BesidePath | None = None
    keepalive_s: Annotated[int, Field(ge=5, le=3600)] = 60

    @model_validator(mode="after")
    def _guarded(self) -> "BrokerSettings":
        if self.password_file is not None and not self.username:
            raise ValueError("password_file needs a username beside it")
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key go together: give both or neither")
        if self.tls_cert is not None and self.tls_ca is None:
            raise ValueError(
                "tls_cert without tls_ca: name the certificate of the authority that signed the"
                " broker's; without it the connection is not encrypted"
            )
        if not (is_loopback(self.host) or self.password_file or self.tls_ca):
            raise ValueError(
                f"host {self.host!r} is not this machine: set username and password_file, or "
                "tls_ca (with tls_cert and tls_key), or use 127.0.0.1"
            )
        return self

    def password(self) -> str | None:
        """Return the password, read from its file."""
        if self.password_file is None:
            return None
        return self.password_file.read_text(encoding="utf-8").rstrip("\n")


def is_loopback(host: str) -> bool:
    """Return whether a host name or address can only be this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
