"""Handing dashboards and the data source to a Grafana, so that a second time changes nothing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import requests
from grafana_api.grafana_api import GrafanaClientError, GrafanaException
from grafana_api.grafana_face import GrafanaFace

from plumbline.dashboards.datasource import MADE_BY, MADE_BY_US

Json = dict[str, Any]

SET_BY_GRAFANA = ("id", "version")
APART = "secureJsonData"
PRECONDITION_FAILED = 412
"""Another dashboard has this title in that folder, or somebody saved this one meanwhile."""


class PushFailed(Exception):
    """Grafana refused a change; the text names the cause and the remedy."""


class PushOutcome(StrEnum):
    """What a push did."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Secrets(StrEnum):
    """When passwords and tokens are sent: Grafana never shows whether they are still the same."""

    ONCE = "once"
    AGAIN = "again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """One thing that was handed over."""

    what: str
    outcome: PushOutcome


class Grafana:
    """One Grafana, reached with a service-account token.

    Parameters
    ----------
    url
        As ``http://127.0.0.1:3000``, with a path where Grafana lives below one.
    token
        Service-account token (API keys are gone since Grafana 11.3).
    """

    def __init__(self, url: str, token: str, *, timeout_s: float = 10.0) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:  # a port above 65535, half a bracket
            raise PushFailed(f"Grafana address {url!r}: {error}") from error
        if parts.scheme not in ("http", "https") or not host:
            raise PushFailed(f"Grafana address {url!r}: expected http://host:port")
        prefix = parts.path.strip("/")
        self._url = url
        self._face = GrafanaFace(
            auth=token,
            host=f"[{host}]" if ":" in host else host,
            port=port,
            url_path_prefix=f"{prefix}/" if prefix else "",
            protocol=parts.scheme,
            timeout=timeout_s,
        )

    def push_datasource(self, wanted: Json, *, secrets: Secrets) -> Pushed:
        """Create or update a data source, found by its name."""
        name = wanted["name"]
        what = f"data source {name}"
        found = self._get(lambda: self._face.datasource.get_datasource_by_name(name))
        if found is None:
            self._do(lambda: self._face.datasource.create_datasource(wanted))
            return Pushed(what=what, outcome=PushOutcome.CREATED)
        _refuse_foreign(found, wanted)
        same = all(found.get(key) == value for key, value in wanted.items() if key != APART)
        known = all(found.get("secureJsonFields", {}).get(key) for key in wanted[APART])
        if same and known and secrets is Secrets.ONCE:
            return Pushed(what=what, outcome=PushOutcome.UNCHANGED)
        # by uid: Grafana 13 has no updating by number any more, which is all grafana-api knows
        path, body = f"/datasources/uid/{found['uid']}", {**found, **wanted}
        self._do(lambda: self._face.api.PUT(path, json=body))
        return Pushed(what=what, outcome=PushOutcome.UPDATED)

    def push_dashboard(self, wanted: Json) -> Pushed:
        """Create or update a dashboard, found by its uid; unchanged JSON is not sent."""
        what = f"dashboard {wanted['title']}"
        found = self._get(lambda: self._face.dashboard.get_dashboard(wanted["uid"]))
        if found is not None:
            there = {k: v for k, v in found["dashboard"].items() if k not in SET_BY_GRAFANA}
            if there == wanted:
                return Pushed(what=what, outcome=PushOutcome.UNCHANGED)
        body: Json = {"dashboard": wanted, "overwrite": False, "message": "pushed by plumbline"}
        if found is not None:  # the one of this uid: it stays where people have put it
            at = {key: found["dashboard"][key] for key in SET_BY_GRAFANA}
            body["dashboard"] = {**wanted, **at}
            if folder := found["meta"].get("folderUid"):
                body["folderUid"] = folder
        self._do(lambda: self._face.dashboard.update_dashboard(body))
        return Pushed(what=what, outcome=PushOutcome.UPDATED if found else PushOutcome.CREATED)

    def close(self) -> None:
        """Let go of the connection."""
        self._face.api.s.close()

    def _get(self, request: Any) -> Json | None:
        try:
            found: Json = self._do(request)
        except PushFailed as failure:
            cause = failure.__cause__
            if isinstance(cause, GrafanaClientError) and cause.status_code == 404:
                return None
            raise
        return found

    def _do(self, act: Any) -> Any:
        try:
            return act()
        except GrafanaException as error:
            hint = (
                "; give a token of a service account with the Admin role (Editor is enough for "
                "dashboards alone)"
            )
            denied = hint if error.status_code in (401, 403) else ""
            if error.status_code == PRECONDITION_FAILED:
                denied = "; nothing was changed: rename the other dashboard, or push again"
            raise PushFailed(f"{self._url}: {error.message}{denied}") from error
        except requests.RequestException as error:
            raise PushFailed(f"{self._url} is not reachable ({error}); is Grafana up?") from error


def _refuse_foreign(found: Json, wanted: Json) -> None:
    """Refuse to take over a data source that somebody else made under the same name."""
    is_ours = found.get("uid") == wanted["uid"] or (
        (found.get("jsonData") or {}).get(MADE_BY) == MADE_BY_US
    )
    if not is_ours or found.get("type") != wanted["type"]:
        raise PushFailed(
            f"Grafana has a data source {wanted['name']!r} that plumbline did not make "
            f"(type {found.get('type')}, uid {found.get('uid')}): it is left alone; give another "
            "name with --datasource"
        )
