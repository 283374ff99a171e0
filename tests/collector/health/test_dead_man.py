"""The dead-man ping goes out every interval while all is well, and never holds anything up."""

import http.server
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from servers.programs import free_port, wait_until

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.health.dead_man import DeadManPing, DeadManSettings


class Receiver:
    """A real HTTP(S) server that notes what it was asked for."""

    def __init__(self, authority: trustme.CA | None = None) -> None:
        self.paths: list[str] = []
        self.status = 200
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                receiver.paths.append(self.path)
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        scheme = "http"
        if authority is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("127.0.0.1").configure_cert(context)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def ping(conditions: Conditions, is_well: bool = True, **settings: object) -> DeadManPing:
    made = DeadManPing(
        DeadManSettings.model_validate({"every_s": 1, **settings}, context={"folder": Path()}),
        conditions, time.time_ns, lambda: is_well,
    )  # fmt: skip
    made.start()
    return made


def test_it_pings_again_and_again_while_all_is_well(receiver: Receiver) -> None:
    conditions = Conditions()
    pinging = ping(conditions, url=f"{receiver.url}/abc")
    wait_until(lambda: len(receiver.paths) >= 3, 30)
    pinging.stop()
    assert set(receiver.paths) == {"/abc"}
    assert conditions.open() == []


def test_while_it_is_not_well_nothing_is_sent_or_the_other_address(receiver: Receiver) -> None:
    silent = ping(Conditions(), False, url=f"{receiver.url}/abc")
    failing = ping(Conditions(), False, url=f"{receiver.url}/x", fail_url=f"{receiver.url}/fail")
    wait_until(lambda: len(receiver.paths) >= 2, 30)
    silent.stop()
    failing.stop()
    assert set(receiver.paths) == {"/fail"}


def test_a_failure_is_a_condition_that_ends_and_keeps_the_secret(receiver: Receiver) -> None:
    conditions = Conditions()
    receiver.status = 500
    pinging = ping(conditions, url=f"{receiver.url}/secret")
    wait_until(lambda: bool(conditions.open()), 30)
    (condition,) = conditions.open()
    assert condition.key == "deadman"
    assert "HTTP 500" in condition.text
    assert "secret" not in condition.text
    receiver.status = 200
    wait_until(lambda: not conditions.open(), 30)
    pinging.stop()


def test_https_is_verified(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    receiver = Receiver(authority)
    conditions = Conditions()
    stranger = ping(conditions, url=f"{receiver.url}/abc")
    wait_until(lambda: bool(conditions.open()), 30)
    assert "certificate" in conditions.open()[0].text.lower()
    stranger.stop()
    assert receiver.paths == []
    known = ping(Conditions(), url=f"{receiver.url}/abc", ca_file=tmp_path / "ca.pem")
    wait_until(lambda: bool(receiver.paths), 30)
    known.stop()
    receiver.close()


def test_a_receiver_that_hangs_holds_nothing_up() -> None:
    conditions = Conditions()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        pinging = ping(conditions, url=url, timeout_s=1)
        began_s = time.monotonic()
        pinging.stop()
        assert time.monotonic() - began_s < 0.5
        wait_until(lambda: bool(conditions.open()), 30)


def test_nobody_is_pinged_unless_an_address_is_given() -> None:
    conditions = Conditions()
    pinging = ping(conditions)
    pinging.stop()
    assert not pinging._thread.is_alive()
    nobody = ping(conditions, url=f"http://127.0.0.1:{free_port()}/")
    wait_until(lambda: bool(conditions.open()), 30)
    nobody.stop()
    with pytest.raises(ValueError, match="expected http"):
        DeadManSettings(url="gopher://x")
