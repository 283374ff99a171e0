"""The dead-man ping: a request to somebody outside, every minute while all is well.

Whoever receives it calls people when it stops: when this machine, its power or its network is gone
and nothing here can call any more. It is sent by a thread of its own and nothing waits for it; that
it cannot be sent is a condition.
"""

import logging
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from plumbline.collector.health.conditions import Conditions
from plumbline.wire.settings import BesidePath, Settings

log = logging.getLogger(__name__)

KEY = "deadman"
LARGEST_ANSWER = 4096


def _http(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"expected http:// or https:// and a host, got {url!r}")
    return url


HttpUrl = Annotated[str, AfterValidator(_http)]


class DeadManSettings(Settings):
    """The ``[deadman]`` section: who is pinged, and how often."""

    url: HttpUrl | None = None
    """Requested while all is well; not given: nobody is pinged."""
    fail_url: HttpUrl | None = None
    """Requested while it is not; not given: nothing is sent then, and the silence says it."""
    every_s: Annotated[float, Field(ge=1, le=3600)] = 60.0
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0
    ca_file: BesidePath | None = None
    """Authority to trust instead of the system's."""


class DeadManPing:
    """Sends the pings.

    Parameters
    ----------
    is_well
        Tells whether the collector watches; asked before each ping.
    """

    def __init__(
        self,
        settings: DeadManSettings,
        conditions: Conditions,
        now_ns: Callable[[], int],
        is_well: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._conditions = conditions
        self._now_ns = now_ns
        self._is_well = is_well
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="deadman", daemon=True)

    def start(self) -> None:
        """Begin, if somebody is to be pinged."""
        if self._settings.url is not None:
            self._thread.start()

    def stop(self) -> None:
        """End; a ping under way is not waited for."""
        self._stop.set()

    def _run(self) -> None:
        while True:
            try:
                url = self._settings.url if self._is_well() else self._settings.fail_url
                if url is not None:
                    self._ping(url)
            except Exception:
                log.exception("the dead-man ping met a fault and goes on")
            if self._stop.wait(self._settings.every_s):
                return

    def _ping(self, url: str) -> None:
        host = urlsplit(url).hostname  # the rest of the address may be a secret
        try:
            ca_file = self._settings.ca_file
            context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
            timeout_s = self._settings.timeout_s
            with urllib.request.urlopen(url, timeout=timeout_s, context=context) as answer:  # noqa: S310
                answer.read(LARGEST_ANSWER)
        except (OSError, ValueError) as error:
            reason = f"HTTP {error.code}" if isinstance(error, urllib.error.HTTPError) else error
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            self._conditions.set(
                KEY,
                f"the dead-man ping to {host} fails ({reason}): whoever waits for it takes this "
                "machine for dead; check the network and [deadman] url",
                self._now_ns(),
            )
        else:
            self._conditions.clear(KEY, self._now_ns())
