"""The page's server: uvicorn in its own thread, stopped with the collector."""

import socket
import threading

import uvicorn
from starlette.applications import Starlette

from plumbline.collector.serving.web.settings import WebSettings


class PageAddressError(OSError):
    """The address of the page cannot be had; the text names the remedy."""


class WebServer:
    """Serves one application until it is stopped."""

    def __init__(self, app: Starlette, settings: WebSettings) -> None:
        self._socket = _bound(settings)
        self.port = int(self._socket.getsockname()[1])
        scheme = "https" if settings.tls_cert else "http"
        self.url = f"{scheme}://{settings.host}:{self.port}/"
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                lifespan="off",
                ws="none",
                ssl_certfile=settings.tls_cert,
                ssl_keyfile=settings.tls_key,
                timeout_graceful_shutdown=2,
            )
        )
        self._thread = threading.Thread(target=self._run, name="web")

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving; waits for the thread."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(10)
        self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


def _bound(settings: WebSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    server_socket = socket.socket(family, socket.SOCK_STREAM)
    server_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server_socket.bind((settings.host, settings.port))
    except OSError as error:
        server_socket.close()
        raise PageAddressError(
            f"web: cannot listen on {settings.host}:{settings.port} ({error.strerror}); "
            "set another [web] port"
        ) from error
    server_socket.listen(64)
    return server_socket
