"""What the sentinel listens to: the collector's health over HTTP, watermarks over MQTT."""

import json
import logging
import ssl
import threading
import time
import urllib.error
import urllib.request
from typing import Any

import paho.mqtt.client as mqtt

from plumbline.collector.app.sentinel.judgement import Observed
from plumbline.collector.app.sentinel.settings import CollectorAddress, SentinelBroker
from plumbline.wire.topics import TopicKind, all_of

log = logging.getLogger(__name__)

LARGEST_ANSWER = 1 << 20
RECONNECT_S = (1, 10)


class NotAHealthReport(ValueError):
    """Something answered, and not a collector's ``/healthz``."""


def read_health(address: CollectorAddress) -> tuple[bool, tuple[str, ...]]:
    """Return whether the collector says that all is well, and what it says is wrong.

    Raises
    ------
    OSError, NotAHealthReport
        If no health report comes.
    """
    url = f"{address.url.rstrip('/')}/healthz"
    context = ssl.create_default_context(cafile=str(address.ca_file) if address.ca_file else None)
    direct = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    try:
        with direct.open(url, timeout=address.timeout_s) as answer:
            content = answer.read(LARGEST_ANSWER)
    except urllib.error.HTTPError as error:
        with error:
            content = error.read(LARGEST_ANSWER)  # 503 has the report too
    try:
        report: Any = json.loads(content)
        well = report["ok"] is True and not report.get("blind")
        named = [*report.get("problems", ()), *_named(report.get("blind"))]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotAHealthReport(f"{url}: answers, and not with a health report") from error
    return well, tuple(str(text) for text in named)


def _named(blind: Any) -> list[str]:
    if isinstance(blind, dict):
        return [f"{name}: {text}" for name, text in blind.items()]
    if isinstance(blind, list):
        return [str(one) for one in blind]
    return [str(blind)] if blind else []


class HealthPoller:
    """Asks the page every few seconds, in a thread of its own: a hung answer stops only that."""

    def __init__(self, address: CollectorAddress, poll_s: float, observed: Observed) -> None:
        self._address, self._poll_s, self._observed = address, poll_s, observed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="health-poller", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; an answer that is awaited is not waited for."""
        self._stop.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        while True:
            try:
                well, problems = read_health(self._address)
            except (OSError, NotAHealthReport) as error:
                log.info("no health report: %s", error)
            except Exception:
                log.exception("reading the health met a fault of ours")
            else:
                self._observed.well, self._observed.problems = well, problems
                self._observed.answered_s = time.monotonic()
            if self._stop.wait(self._poll_s):
                return


class WatermarkSubscriber:
    """Listens for watermarks and heartbeats as they come; what was retained says nothing."""

    def __init__(self, settings: SentinelBroker, observed: Observed) -> None:
        self._settings, self._observed = settings, observed
        self.connected = False
        self._client = client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,  # type: ignore[attr-defined]
            client_id=settings.client_id,
            clean_session=True,
            protocol=mqtt.MQTTv311,
        )
        client.username_pw_set(settings.username, settings.password())
        if settings.tls_ca is not None:
            client.tls_set(
                ca_certs=str(settings.tls_ca),
                certfile=str(settings.tls_cert) if settings.tls_cert else None,
                keyfile=str(settings.tls_key) if settings.tls_key else None,
                tls_version=ssl.PROTOCOL_TLS_CLIENT,
            )
        client.reconnect_delay_set(*RECONNECT_S)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message

    def start(self) -> None:
        """Connect in the background, again and again where it must be."""
        where = self._settings
        self._client.connect_async(where.host, where.port, keepalive=where.keepalive_s)
        self._client.loop_start()

    def stop(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client: mqtt.Client, _userdata: Any, _flags: Any, reason: Any,
                    _properties: Any) -> None:  # fmt: skip
        self.connected = not reason.is_failure
        if self.connected:
            client.subscribe([(all_of(TopicKind.WATERMARK), 0), (all_of(TopicKind.HEARTBEAT), 0)])
        else:
            log.warning("the broker refuses the sentinel: %s", reason)

    def _on_disconnect(self, _client: mqtt.Client, *_: Any) -> None:
        self.connected = False

    def _on_message(self, _client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        if message.retain:
            return
        if f"/{TopicKind.WATERMARK}/" in message.topic:
            self._observed.watermark_s = time.monotonic()
        else:
            self._observed.heartbeat_s = time.monotonic()
