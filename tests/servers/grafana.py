"""A strict stand-in of Grafana's HTTP API: the four paths we use, and nothing else.

Grafana itself is not in Debian; what it answers here follows its HTTP API documentation.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "glsa_test"
NEEDED = {"uid", "title", "panels", "schemaVersion", "annotations", "time"}
PANEL_NEEDED = {"id", "type", "title", "gridPos", "targets", "datasource"}


class StrictGrafana:
    """Keeps data sources and dashboards; refuses what Grafana would refuse."""

    def __init__(self) -> None:
        self.sources: dict[str, dict[str, Any]] = {}
        self.boards: dict[str, dict[str, Any]] = {}
        self.folders: dict[str, str] = {}
        self.writes: list[str] = []
        self.strange: list[str] = []
        grafana = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(grafana.get(self.path))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._answer(grafana.post(self.path, body))

            def do_PUT(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._answer(grafana.put(self.path, body))

            def _answer(self, answer: tuple[int, Any]) -> None:
                if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                    answer = (401, {"message": "Unauthorized"})
                body = json.dumps(answer[1]).encode()
                self.send_response(answer[0])
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def get(self, path: str) -> tuple[int, Any]:
        parts = path.strip("/").split("/")
        if parts[:3] == ["api", "datasources", "name"] and len(parts) == 4:
            found = self.sources.get(parts[3])
            return (200, _shown(found)) if found else (404, {"message": "Data source not found"})
        if parts[:3] == ["api", "dashboards", "uid"] and len(parts) == 4:
            board = self.boards.get(parts[3])
            missing = (404, {"message": "Dashboard not found"})
            folder = self.folders.get(parts[3], "")
            return (200, {"dashboard": board, "meta": {"folderUid": folder}}) if board else missing
        return self._refuse(path)

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        if path == "/api/datasources":
            if body["name"] in self.sources:
                return 409, {"message": "data source with the same name already exists"}
            self.writes.append(path)
            made = {"id": len(self.sources) + 1, "version": 1, "secureJsonData": {}}
            self.sources[body["name"]] = {**made, **body}
            return 200, {"id": len(self.sources), "name": body["name"]}
        if path == "/api/dashboards/db":
            board = body["dashboard"]
            wrong = NEEDED - set(board)
            wrong |= {key for panel in board["panels"] for key in PANEL_NEEDED - set(panel)}
            if wrong or len({panel["id"] for panel in board["panels"]}) < len(board["panels"]):
                return 400, {"message": f"bad dashboard: {sorted(wrong)}"}
            there = self.boards.get(board["uid"])
            folder = body.get("folderUid", "")
            for uid, other in list(self.boards.items()):
                is_named_so = other["title"] == board["title"]
                if uid != board["uid"] and is_named_so and self.folders.get(uid, "") == folder:
                    if not body.get("overwrite"):
                        return 412, {"message": "A dashboard with the same name exists"}
                    del self.boards[uid]  # so Grafana does: it is taken over
            if there and not body.get("overwrite") and board.get("version") != there["version"]:
                return 412, {"message": "The dashboard has been changed by someone else"}
            self.writes.append(path)
            version = there["version"] + 1 if there else 1
            self.boards[board["uid"]] = {**board, "id": 1, "version": version}
            self.folders[board["uid"]] = folder
            return 200, {"uid": board["uid"], "status": "success", "version": version}
        return self._refuse(path)

    def put(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        parts = path.strip("/").split("/")
        if parts[:3] == ["api", "datasources", "uid"] and len(parts) == 4:
            there = next((s for s in self.sources.values() if s["uid"] == parts[3]), None)
            if there is None:
                return 404, {"message": "Data source not found"}
            self.writes.append(path)
            secrets = there["secureJsonData"] | body.get("secureJsonData", {})
            del self.sources[there["name"]]
            self.sources[body["name"]] = {**there, **body, "secureJsonData": secrets}
            return 200, {"name": body["name"]}
        return self._refuse(path)

    def _refuse(self, path: str) -> tuple[int, Any]:
        self.strange.append(path)
        return 404, {"message": "Not found"}

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


def _shown(source: dict[str, Any]) -> dict[str, Any]:
    """Return a data source as Grafana tells it: which secrets it has, never what they are."""
    shown = {key: value for key, value in source.items() if key != "secureJsonData"}
    return shown | {"secureJsonFields": dict.fromkeys(source["secureJsonData"], True)}
