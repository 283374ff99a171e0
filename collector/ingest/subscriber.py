"""The subscriber: MQTT 3.1.1 at QoS 1 into a bounded inbox, and watermarks out.

The callback does nothing but enqueue and acknowledge. When the inbox is full it waits, nothing
more is acknowledged and the broker holds back: that is the back-pressure, and the whole of it. The
session stays at the broker, so a short absence is bridged; what a long one loses there the edge
sends again, because only the watermark counts.
"""

import logging
import ssl
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as mqtt

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.ingest.buffered_socket import BatchedMqttClient
from plumbline.collector.ingest.inbox import MessageInbox
from plumbline.collector.ingest.settings import SubscriberSettings
from plumbline.collector.ingest.validation import Incoming
from plumbline.wire.block import NS
from plumbline.wire.topics import TopicKind, all_of

log = logging.getLogger(__name__)

SUBSCRIPTIONS = [
    (all_of(kind), 1) for kind in (TopicKind.BLOCKS, TopicKind.STATE, TopicKind.HEARTBEAT)
]
PATIENCE_S = 1.0
OUTGOING_BOUND = 5000
RECONNECT_S = (1, 30)

DROPS, DROPS_NS = 3, 60 * NS
"""So many lost connections in so long are no bad link: somebody takes them away."""


class Subscriber:
    """One connection to the broker, served by paho's own thread."""

    def __init__(
        self,
        settings: SubscriberSettings,
        *,
        client_id: str,
        inbox: MessageInbox,
        conditions: Conditions,
        now_ns: Callable[[], int],
    ) -> None:
        self._settings = settings
        self._inbox = inbox
        self._conditions = conditions
        self._now_ns = now_ns
        self._stopping = False
        self._is_behind = False
        self.connected = False
        self._client = client = BatchedMqttClient(
            mqtt.CallbackAPIVersion.VERSION2,  # type: ignore[attr-defined]
            client_id=client_id,
            clean_session=False,
            protocol=mqtt.MQTTv311,
            manual_ack=True,
        )
        client.username_pw_set(settings.username, settings.password())
        if settings.tls_ca is not None:
            client.tls_set(
                ca_certs=str(settings.tls_ca),
                certfile=str(settings.tls_cert) if settings.tls_cert else None,
                keyfile=str(settings.tls_key) if settings.tls_key else None,
                tls_version=ssl.PROTOCOL_TLS_CLIENT,
            )
        client.max_queued_messages_set(OUTGOING_BOUND)
        client.reconnect_delay_set(*RECONNECT_S)
        self._drops_ns: list[int] = []
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message

    def start(self) -> None:
        """Connect, again and again where it must be, in the background."""
        where = self._settings
        self._client.connect_async(where.host, where.port, keepalive=where.keepalive_s)
        self._client.loop_start()

    def stop_accepting(self) -> None:
        """Take no more messages, so that the inbox can be emptied; watermarks still go out.

        The broker holds what comes now, unacknowledged, for the next start.
        """
        self._stopping = True

    def stop(self) -> None:
        """Disconnect from the broker."""
        self._stopping = True
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes) -> bool:
        """Send a retained message at QoS 1; False if there is no connection to send it on."""
        if not self.connected:
            return False
        sent = self._client.publish(topic, payload, qos=1, retain=True)
        return sent.rc == mqtt.MQTT_ERR_SUCCESS

    def command(self, topic: str, payload: bytes) -> bool:
        """Send a message for now, not retained, at QoS 1; False if there is no connection."""
        if not self.connected:
            return False
        return self._client.publish(topic, payload, qos=1).rc == mqtt.MQTT_ERR_SUCCESS

    def _on_message(self, client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        arrived = Incoming(message.topic, bytes(message.payload), self._now_ns())
        while not self._stopping:
            if self._inbox.put(arrived, PATIENCE_S):
                client.ack(message.mid, message.qos)
                if self._is_behind:
                    self._is_behind = False
                    self._conditions.clear("inbox-full", self._now_ns())
                return
            self._is_behind = True
            self._conditions.set(
                "inbox-full",
                "ingest is behind: the broker is held back until it has caught up; is the disk "
                "slow or full?",
                self._now_ns(),
            )

    def _on_connect(
        self, client: mqtt.Client, _userdata: Any, _flags: Any, reason: Any, _properties: Any
    ) -> None:
        if reason.is_failure:
            self._report_trouble(
                f"the broker at {self._where} refuses the collector: {reason}; check username, "
                "password_file and the broker's access list"
            )
            return
        client.subscribe(SUBSCRIPTIONS)
        self.connected = True
        now_ns = self._now_ns()
        self._conditions.clear("broker", now_ns)
        if not any(0 <= now_ns - ns < DROPS_NS for ns in self._drops_ns):
            self._conditions.clear("client-id", now_ns)
        log.info("connected to the broker at %s", self._where)

    def _on_connect_fail(self, _client: Any, _userdata: Any) -> None:
        self._report_trouble(
            f"no broker answers at {self._where}; is it running, and do host and port fit? "
            "The collector keeps trying."
        )

    def _on_disconnect(
        self, _client: Any, _userdata: Any, _flags: Any, reason: Any, _properties: Any
    ) -> None:
        was_connected, self.connected = self.connected, False
        if was_connected and not self._stopping:
            self._note_drop(str(reason))
        if was_connected and not self._stopping:  # else the reason is reported already
            self._report_trouble(f"the broker at {self._where} closed the connection: {reason}")

    def _note_drop(self, reason: str) -> None:
        """Note a connection that was taken away, and name the usual cause where it repeats."""
        now_ns = self._now_ns()
        self._drops_ns = [ns for ns in self._drops_ns if 0 <= now_ns - ns < DROPS_NS] + [now_ns]
        if len(self._drops_ns) >= DROPS or "taken over" in reason.lower():
            self._conditions.set(
                "client-id",
                f"the broker at {self._where} closes the connection again and again: is there "
                "another collector with the same client_id? Two of one id take it from each "
                "other; stop one, or give it another client_id",
                now_ns,
            )

    def _report_trouble(self, text: str) -> None:
        self._conditions.set("broker", text, self._now_ns())

    @property
    def _where(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"
