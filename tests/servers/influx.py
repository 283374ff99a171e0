"""A real InfluxDB 1.6 on free ports, and a proxy that gives it the v2 write path."""

import json
import subprocess
import threading
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

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
    """Rewrites ``/api/v2/write`` to ``/write``: influxdb-client's requests reach a 1.6 engine."""

    def __init__(self, influx: Influx) -> None:
        self.requests: list[str] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                proxy.requests.append(self.path)
                parts = urllib.parse.urlsplit(self.path)
                asked = dict(urllib.parse.parse_qsl(parts.query))
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = 404
                if parts.path == "/api/v2/write" and asked.get("org"):
                    words = urllib.parse.urlencode({"db": asked["bucket"], "precision": "ns"})
                    request = urllib.request.Request(f"{influx.url}/write?{words}", data=body)
                    with urllib.request.urlopen(request, timeout=10) as answer:
                        status = answer.status
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

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
