"""Buffered socket: a connection to the broker that reads and writes in bulk.

paho reads from the system each packet's first byte, its length and its body, and sends each
acknowledgement by itself: some nine calls a message, each of which lets go of the interpreter.
Here a turn of its loop reads what has come with one call and sends all answers with another.
"""

import contextlib
import socket
import ssl
import time
from typing import Any, cast

import paho.mqtt.client as mqtt
from paho.mqtt.enums import MQTTErrorCode

READ_BYTES = 1 << 16
MOST_A_TURN = 500  # packets; then the answers go out
GATHER_S = 0.01  # so long packets gather before they are read: a turn for each costs more than it


class BufferedSocket:
    """A socket with what it has read ahead and what it has yet to send; used by one thread."""

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner
        self._read = b""
        self._at = 0
        self._unsent = bytearray()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def recv(self, n_bytes: int) -> bytes:
        """Return at most so many bytes; what the socket raises when it has none."""
        if self._at == len(self._read):
            self._read, self._at = self._inner.recv(READ_BYTES), 0
        piece = self._read[self._at : self._at + n_bytes]
        self._at += len(piece)
        return piece

    def pending(self) -> int:
        """Return how many bytes can be had without a call of the system."""
        inside = self._inner.pending() if isinstance(self._inner, ssl.SSLSocket) else 0
        return len(self._read) - self._at + inside

    def send(self, content: bytes | bytearray) -> int:
        """Collect bytes for the next :meth:`flush`; all of them are taken."""
        self._unsent += content
        return len(content)

    @property
    def has_unsent(self) -> bool:
        """True: :meth:`flush` has something left to do."""
        return bool(self._unsent)

    def flush(self) -> None:
        """Send what the system takes now; a broken connection shows at the next read."""
        with contextlib.suppress(OSError):
            while self._unsent:
                del self._unsent[: self._inner.send(self._unsent)]

    def close(self) -> None:
        """Send what is left, if it goes at once, and close."""
        self.flush()
        self._read, self._at = b"", 0
        self._unsent.clear()
        self._inner.close()


class BatchedMqttClient(mqtt.Client):
    """paho's client on a :class:`BufferedSocket`."""

    _buffered: BufferedSocket | None = None

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Handle all packets that have come, not one."""
        time.sleep(GATHER_S)
        done, buffered = super().loop_read(max_packets), self._buffered
        for _ in range(MOST_A_TURN):
            if done != MQTTErrorCode.MQTT_ERR_SUCCESS or buffered is None or not buffered.pending():
                break
            done = super().loop_read()
        return done

    def loop_write(self) -> MQTTErrorCode:
        """Send all packets that wait with one call."""
        done = super().loop_write()
        if self._buffered is not None:
            self._buffered.flush()
        return done

    def want_write(self) -> bool:
        """Return whether something waits to be sent."""
        return super().want_write() or (self._buffered is not None and self._buffered.has_unsent)

    def _create_socket(self) -> Any:
        self._buffered = BufferedSocket(cast(socket.socket, super()._create_socket()))
        return self._buffered
