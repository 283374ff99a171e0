"""A link that can be cut: a relay on a loopback port between agents and their broker."""

import contextlib
import socket
import threading

from servers.programs import free_port


class Link:
    """Passes bytes on while it is whole; a cut ends every connection and refuses new ones."""

    def __init__(self, to_port: int) -> None:
        self.port = free_port()
        self._to_port = to_port
        self._lock = threading.Lock()
        self._server: socket.socket | None = None
        self._ends: list[socket.socket] = []
        self.mend()

    def mend(self) -> None:
        """Accept connections."""
        server = socket.create_server(("127.0.0.1", self.port), reuse_port=True)
        self._server = server
        threading.Thread(target=self._accept, args=(server,), daemon=True).start()

    def cut(self) -> None:
        """End every connection and accept no more."""
        assert self._server is not None
        with self._lock:
            _hang_up(self._server)
            self._server = None
            for end in self._ends:
                _hang_up(end)
            self._ends.clear()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                near, _ = server.accept()
                far = socket.create_connection(("127.0.0.1", self._to_port))
            except OSError:  # cut, or the broker is away
                return
            with self._lock:
                if self._server is not server:
                    _hang_up(near)
                    _hang_up(far)
                    return
                self._ends += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_pass_on, args=(source, sink), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            sink.sendall(piece)
    _hang_up(source)
    _hang_up(sink)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
