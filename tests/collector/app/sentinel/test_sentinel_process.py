"""The sentinel as a process, against a real page, a real broker, and servers that misbehave."""

import http.server
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from servers.mosquitto import Mosquitto
from servers.programs import free_port, wait_until

from plumbline.cli import main
from plumbline.wire.identity import StreamId
from plumbline.wire.topics import Address, TopicKind

HN = StreamId(network="XX", structure="TWR01", node="3A", band_source="HN", axes="ZNE")
ADDRESS = Address(network="XX", structure="TWR01", agent="pi")
COMMAND = [sys.executable, "-m", "plumbline.cli", "sentinel"]


class Page:
    """A real HTTP server that answers ``/healthz`` with what it is given."""

    def __init__(self, port: int) -> None:
        self.report: dict[str, object] = {"ok": True, "problems": []}
        page = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps(page.report).encode()
                self.send_response(200 if page.report["ok"] else 503)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Watching:
    """A sentinel's process and its outbox."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.folder = folder
        self.port = free_port()
        self.config = folder / "sentinel.toml"
        self.config.write_text(
            'site = "TWR01"\nsilent_s = 5\npoll_s = 0.5\nback_s = 2\n'
            '[[person]]\nname = "Mali"\nphone = "+66898765432"\n'
            f'[collector]\nurl = "http://127.0.0.1:{self.port}"\ntimeout_s = 1.5\n{more}'
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen([*COMMAND, "run", str(self.config)])

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(30) == 0
            self.process = None

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def texts(self) -> list[str]:
        outbox = self.folder / "sentinel-data" / "outbox"
        return [path.read_text().partition("\n\n")[2] for path in sorted(outbox.glob("*.txt"))]


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    made = Watching(tmp_path)
    yield made
    made.kill()


def test_killed_page_killed_sentinel_and_all_back(watching: Watching) -> None:
    page = Page(watching.port)
    watching.start()
    time.sleep(8)
    assert watching.texts() == []
    page.close()
    at_s = time.monotonic()
    wait_until(lambda: len(watching.texts()) == 1, 60)
    assert time.monotonic() - at_s > 4
    assert "does not answer" in watching.texts()[0]
    watching.kill()
    watching.start()
    time.sleep(9)
    assert len(watching.texts()) == 1
    page = Page(watching.port)
    with closing(page):
        wait_until(lambda: len(watching.texts()) == 2, 60)
        assert "watching again" in watching.texts()[1]
        watching.stop()


def test_a_page_that_says_blind_and_one_that_is_not_ok(watching: Watching) -> None:
    with closing(Page(watching.port)) as page:
        page.report = {"ok": True, "problems": [], "blind": {"TWR01": "detection is behind"}}
        watching.start()
        wait_until(lambda: len(watching.texts()) == 1, 60)
        assert "BLIND" in watching.texts()[0]
        page.report = {"ok": True, "problems": [], "blind": {}}
        wait_until(lambda: len(watching.texts()) == 2, 60)
        page.report = {"ok": False, "problems": ["the broker is not connected"]}
        wait_until(lambda: len(watching.texts()) == 3, 60)
        watching.stop()


def hang(listener: socket.socket, stop: threading.Event) -> None:
    kept = []
    listener.settimeout(0.2)
    while not stop.is_set():
        try:
            kept.append(listener.accept()[0])
        except TimeoutError:
            continue
    for one in kept:
        one.close()


def drip(listener: socket.socket, stop: threading.Event) -> None:
    """Answer a byte now and then, for ever, so that no time-out of the socket ever comes."""
    listener.settimeout(0.2)
    while not stop.is_set():
        try:
            one = listener.accept()[0]
        except TimeoutError:
            continue
        with one:
            one.recv(1000)
            one.sendall(b"HTTP/1.0 200 OK\r\nX-Slow: ")
            while not stop.wait(0.3):
                try:
                    one.sendall(b"x")
                except OSError:
                    break


@pytest.mark.parametrize("serve", [hang, drip])
def test_a_page_that_hangs_is_no_answer(
    watching: Watching, serve: Callable[[socket.socket, threading.Event], None]
) -> None:
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", watching.port)) as listener:
        thread = threading.Thread(target=serve, args=(listener, stop))
        thread.start()
        watching.start()
        try:
            wait_until(lambda: len(watching.texts()) == 1, 60)
            watching.stop()
        finally:
            stop.set()
            thread.join()


@pytest.mark.real
def test_watermarks_stop_while_agents_beat(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path / "broker", "allow_anonymous true\n").start()
    watching = Watching(tmp_path, f'[broker]\nhost = "127.0.0.1"\nport = {broker.port}\n')
    agent = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    agent.connect("127.0.0.1", broker.port)
    agent.loop_start()
    marks = threading.Event()
    stop = threading.Event()

    def publish() -> None:
        while not stop.wait(0.3):
            agent.publish(ADDRESS.topic(TopicKind.HEARTBEAT), b"{}")
            if marks.is_set():
                agent.publish(ADDRESS.topic(TopicKind.WATERMARK, HN), b"{}", retain=True)

    marks.set()
    thread = threading.Thread(target=publish)
    thread.start()
    try:
        with closing(Page(watching.port)):
            watching.start()
            time.sleep(9)
            assert watching.texts() == []
            marks.clear()  # one is retained, and says nothing of now
            wait_until(lambda: len(watching.texts()) == 1, 60)
            assert "takes no data" in watching.texts()[0]
            marks.set()
            wait_until(lambda: len(watching.texts()) == 2, 60)
            broker.kill()
            time.sleep(9)
            assert len(watching.texts()) == 2
            watching.stop()
    finally:
        stop.set()
        thread.join()
        agent.loop_stop()
        watching.kill()
        broker.stop()


def test_check_reads_the_health_once_and_test_reaches_everybody(
    watching: Watching, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sentinel", "check", str(watching.config)]) == 1
    assert "no health report" in capsys.readouterr().out
    with closing(Page(watching.port)):
        assert main(["sentinel", "check", str(watching.config)]) == 0
        assert "all is well" in capsys.readouterr().out
    assert main(["sentinel", "test", str(watching.config)]) == 0
    (text,) = watching.texts()
    assert text.startswith("TEST TWR01: test call of the sentinel")
