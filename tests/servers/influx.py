"""A real InfluxDB 1.6 on free ports, and a proxy that gives it the v2 write path."""

import json
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from servers.programs import free_port, program, started, stop

CONFIG = """
reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
[http]
  bind-address = "127.0.0.1:{http}"
  log-enabled = false
[monitor]
  store-enabled = false
"""


class Influx:
    """One InfluxDB."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self._folder = folder
        self._config = folder / "influxdb.conf"
        self._config.write_text(CONFIG.format(rpc=free_port(), http=self.port, folder=folder))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Influx":
        """Start, and return when it listens."""
        words = [program("influxd"), "-config", str(self._config)]
        self._process = started(words, self._folder / "influxd.log", self.port)
        return self

    def stop(self) -> None:
        """Stop it if it runs."""
        if self._process is not None:
            stop(self._process)
            self._process = None

    def query(self, text: str, database: str = "plumbline") -> list[dict[str, Any]]:
        """Return the series of an InfluxQL query's answer; an error fails."""
        words = urllib.parse.urlencode({"db": database, "q": text, "epoch": "ns"})
        with urllib.request.urlopen(f"{self.url}/query?{words}", timeout=10) as answer:
            result = json.load(answer)["results"][0]
        assert "error" not in result, result
        series: list[dict[str, Any]] = result.get("series", [])
        return series


class V2Proxy:
    """Rewrites ``/api/v2`` writes and deletes to what a 1.6 engine knows.

    influxdb-client's requests reach a real engine, and what that engine answers comes back. Deletes
    become InfluxQL; with ``deletes`` off they answer as InfluxDB 3 does.
    """

    def __init__(self, influx: Influx, *, deletes: bool = True) -> None:
        self.requests: list[str] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                proxy.requests.append(self.path)
                parts = urllib.parse.urlsplit(self.path)
                asked = dict(urllib.parse.parse_qsl(parts.query))
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, said = 404, b'{"message": "not found"}'
                if parts.path == "/api/v2/write" and asked.get("org"):
                    words = {"db": asked["bucket"], "precision": asked["precision"]}
                    status, said = _post(f"{influx.url}/write?{urlencode(words)}", body)
                elif parts.path == "/api/v2/delete" and deletes:
                    words = {"db": asked["bucket"], "q": _influxql(json.loads(body))}
                    status, said = _post(f"{influx.url}/query?{urlencode(words)}", b"")
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


def _post(url: str, body: bytes) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=10) as answer:
            return answer.status, b""
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def _influxql(asked: dict[str, str]) -> str:
    """Return a v2 delete as a 1.x one; both ends of its span are part of it."""
    pairs = dict(part.strip().split("=") for part in asked["predicate"].split(" AND "))
    measurement = pairs.pop("_measurement")
    where = [f"\"{name}\" = '{value.strip(chr(34))}'" for name, value in pairs.items()]
    where += [f"time >= '{asked['start']}'", f"time <= '{asked['stop']}'"]
    return f"DELETE FROM {measurement} WHERE {' AND '.join(where)}"
