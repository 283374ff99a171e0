"""One connection to the broker, turned by its owner's thread: no threads, no queues of its own.

A connection that is lost is thrown away and a new one made: paho keeps nothing over a reconnect
that the spool does not keep better.
"""

import select
import socket
import ssl
from collections import deque
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from plumbline.edge_agent.errors import BrokerTrouble
from plumbline.wire.broker_settings import BrokerSettings

CONNECT_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMessage:
    """A message from the broker."""

    topic: str
    payload: bytes
    is_retained: bool


class Connection:
    """A connection that was opened; `turn` moves its bytes.

    Attributes
    ----------
    is_open
        Whether the broker has accepted it and it is not lost.
    acknowledged
        Message ids of PUBACKs, to be taken away by the owner.
    received
        Messages that arrived, to be taken away by the owner.
    """

    def __init__(
        self, settings: BrokerSettings, *, client_id: str, will_topic: str = "", will: bytes = b""
    ) -> None:
        self.is_open = False
        self.acknowledged: deque[int] = deque()
        self.received: deque[ReceivedMessage] = deque()
        self._settings = settings
        self._trouble: BrokerTrouble | None = None
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=True,
            protocol=mqtt.MQTTv311,
            reconnect_on_failure=False,
        )
        self._client.max_inflight_messages = 0  # the owner counts; a live row is never queued here
        self._client.connect_timeout = CONNECT_TIMEOUT_S
        if will:
            self._client.will_set(will_topic, will, qos=1, retain=True)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message

    def open(self) -> None:
        """Reach out to the broker; `is_open` once it has answered to that.

        Raises
        ------
        BrokerTrouble
            If it cannot be reached, or the secrets cannot be read.
        """
        settings = self._settings
        where = f"broker {settings.host}:{settings.port}"
        try:
            if settings.username and settings.password_file:
                password = settings.password_file.read_text(encoding="utf-8").strip()
                self._client.username_pw_set(settings.username, password)
            if settings.tls_ca:
                self._client.tls_set(
                    ca_certs=str(settings.tls_ca),
                    certfile=str(settings.tls_cert) if settings.tls_cert else None,
                    keyfile=str(settings.tls_key) if settings.tls_key else None,
                )
        except OSError as error:
            raise BrokerTrouble(
                f"{where}: {error.filename or 'a TLS file'} cannot be read "
                f"({error.strerror or error}); correct [broker] in edge.toml"
            ) from error
        try:
            self._client.connect(settings.host, settings.port, settings.keepalive_s)
        except ssl.SSLError as error:
            raise BrokerTrouble(
                f"{where}: TLS failed ({error.reason or error}); check tls_ca and the broker's "
                "certificate"
            ) from error
        except OSError as error:
            raise BrokerTrouble(
                f"{where} cannot be reached ({error.strerror or error}); start it, or correct host "
                "and port in [broker]"
            ) from error
        sock = self._client.socket()
        if isinstance(
            sock, socket.socket
        ):  # a small block does not wait for the acknowledgement of the last
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def turn(self, timeout_s: float, wake_fd: int | None = None) -> None:
        """Wait for bytes, or for ``wake_fd``, and move what there is.

        Raises
        ------
        BrokerTrouble
            If the broker refused the connection, or it is lost.
        """
        sock = self._client.socket()
        if sock is not None:
            fd = sock.fileno()
            writers = [fd] if self._client.want_write() else []
            readers = [fd] if wake_fd is None else [fd, wake_fd]
            readable, writable, _ = select.select(readers, writers, [], max(0.0, timeout_s))
            if fd in readable:
                self._client.loop_read()
                while isinstance(sock, ssl.SSLSocket) and self._client.socket() and sock.pending():
                    self._client.loop_read()
            if writable:
                self._client.loop_write()
            self._client.loop_misc()
        if self._client.socket() is None or self._trouble:
            self.is_open = False
            self._client.disconnect()
            raise self._trouble or BrokerTrouble(
                f"broker {self._settings.host}:{self._settings.port}: the connection is lost"
            )

    def subscribe(self, topics: list[str]) -> None:
        """Subscribe to topics, with QoS 1."""
        self._client.subscribe([(topic, 1) for topic in topics])

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> int:
        """Hand one message to the line and return its id."""
        return self._client.publish(topic, payload, qos=qos, retain=retain).mid

    def close(self) -> None:
        """Disconnect in order; the broker then does not publish the will."""
        self.is_open = False
        self._client.disconnect()

    def drop(self) -> None:
        """Drop the connection without a DISCONNECT: the broker publishes the will."""
        self.is_open = False
        sock = self._client.socket()
        if sock is not None:
            sock.close()

    def _on_connect(
        self, client: Any, userdata: Any, flags: Any, reason: ReasonCode, properties: Any
    ) -> None:
        if not reason.is_failure:
            self.is_open = True
            return
        settings = self._settings
        who = f"user {settings.username!r}" if settings.username else "a client without password"
        self._trouble = BrokerTrouble(
            f"broker {settings.host}:{settings.port} refuses {who} ({str(reason).lower()}); check "
            "username and password_file in [broker], and the broker's own user list"
        )

    def _on_disconnect(
        self, client: Any, userdata: Any, flags: Any, reason: ReasonCode, properties: Any
    ) -> None:
        self.is_open = False

    def _on_publish(
        self, client: Any, userdata: Any, mid: int, reason: ReasonCode, properties: Any
    ) -> None:
        self.acknowledged.append(mid)

    def _on_message(self, client: Any, userdata: Any, message: mqtt.MQTTMessage) -> None:
        self.received.append(
            ReceivedMessage(
                topic=message.topic,
                payload=bytes(message.payload),
                is_retained=bool(message.retain),
            )
        )
