"""The ``[web]`` section: where the page listens, and how it is guarded."""

from typing import Annotated

from pydantic import Field, model_validator

from plumbline.wire.broker_settings import is_loopback
from plumbline.wire.settings import ExistingFile, Settings


class WebSettings(Settings):
    """Loopback by default; any other address needs a password and TLS."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, lt=65536)] = 8080
    password_file: ExistingFile | None = None
    tls_cert: ExistingFile | None = None
    tls_key: ExistingFile | None = None
    stale_after_s: Annotated[float, Field(gt=0)] = 15.0
    """Data older than this make the page show blind."""

    @model_validator(mode="after")
    def _guarded(self) -> "WebSettings":
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key go together")
        if not is_loopback(self.host) and not (self.password_file and self.tls_cert):
            raise ValueError(
                f"host {self.host} is not this machine alone: set password_file, tls_cert and "
                "tls_key, or listen on 127.0.0.1 behind a proxy"
            )
        return self
