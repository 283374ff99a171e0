"""The ``[web]`` section: where the page listens, and how it is guarded."""

import ipaddress
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from plumbline.wire.settings import Settings


class WebSettings(Settings):
    """Loopback by default; any other address needs a password and TLS."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, lt=65536)] = 8080
    password_file: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    stale_after_s: Annotated[float, Field(gt=0)] = 15.0
    """Data older than this make the page say that it is blind."""

    @model_validator(mode="after")
    def _guarded(self) -> "WebSettings":
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key go together")
        if not _is_loopback(self.host) and not (self.password_file and self.tls_cert):
            raise ValueError(
                f"host {self.host} is not this machine alone: set password_file, tls_cert and "
                "tls_key, or listen on 127.0.0.1 behind a proxy"
            )
        return self


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
