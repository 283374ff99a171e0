"""The broker's section of the collector's configuration: loopback, or locked."""

import ipaddress
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator, model_validator

from plumbline.wire.settings import Settings


class BrokerSettings(Settings):
    """Where the broker is, and how it knows us."""

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    username: str | None = None
    password_file: Path | None = None
    tls_ca: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    keepalive_s: Annotated[int, Field(ge=5, le=3600)] = 60
    inbox: Annotated[int, Field(ge=100)] = 10_000
    """Messages that may wait for ingest before the broker is held back."""

    @field_validator("password_file", "tls_ca", "tls_cert", "tls_key")
    @classmethod
    def _beside_the_file(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is None:
            return None
        found: Path = (info.context or {}).get("folder", Path()) / path
        if not found.is_file():
            raise ValueError(f"no file at {found}; check the path")
        return found

    @model_validator(mode="after")
    def _locked_or_local(self) -> "BrokerSettings":
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key belong together; give both or neither")
        if self.password_file is not None and not self.username:
            raise ValueError("password_file needs a username beside it")
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
    """Tell whether a host name or address can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
