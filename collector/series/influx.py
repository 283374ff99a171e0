"""Handing line protocol to InfluxDB 1.x, 2.x or 3.x, synchronously, in our own batches.

``influxdb-client``'s own batching drops points silently when the host is down, so it is not used.
Debian's InfluxDB 1.6 has no ``/api/v2/write``: there the same lines go to ``/write``.
"""

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlencode

import urllib3
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException

from plumbline.collector.series.settings import SeriesSettings


class SeriesUnavailable(Exception):
    """InfluxDB did not take the lines; they will be offered again."""


class SeriesRefused(Exception):
    """InfluxDB says that the lines themselves are wrong; offering them again will not help."""


class Sink(Protocol):
    """Where lines go."""

    def write(self, lines: Sequence[str]) -> None:
        """Hand over lines; returns when InfluxDB has them."""

    def close(self) -> None:
        """Let go of connections."""


class V1Sink:
    """InfluxDB 1.x: ``POST /write``; makes its database on first use."""

    def __init__(self, settings: SeriesSettings) -> None:
        self._settings = settings
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(settings.timeout_s), retries=False, maxsize=1
        )
        password = settings.secret(settings.password_file)
        self._headers = (
            urllib3.make_headers(basic_auth=f"{settings.username}:{password}")
            if settings.username
            else {}
        )
        self._made = False

    def write(self, lines: Sequence[str]) -> None:
        """Hand over lines.

        Raises
        ------
        SeriesUnavailable, SeriesRefused
        """
        if not self._made:
            self._post("/query", {"q": f'CREATE DATABASE "{self._settings.database}"'}, b"")
            self._made = True
        fields = {"db": self._settings.database, "precision": "ns"}
        self._post("/write", fields, "\n".join(lines).encode())

    def _post(self, path: str, fields: dict[str, str], body: bytes) -> None:
        url = f"{self._settings.url}{path}?{urlencode(fields)}"
        try:
            answer = self._pool.request("POST", url, body=body, headers=self._headers)
        except urllib3.exceptions.HTTPError as error:
            raise SeriesUnavailable(f"{self._settings.url}: {error}") from error
        if answer.status >= 300:
            _refuse(self._settings, answer.status, answer.data.decode(errors="replace"))

    def close(self) -> None:
        """Let go of connections."""
        self._pool.clear()


class V2Sink:
    """InfluxDB 1.8+, 2.x and 3.x: ``POST /api/v2/write`` through influxdb-client."""

    def __init__(self, settings: SeriesSettings) -> None:
        token = settings.secret(settings.token_file)
        if token is None and settings.username:
            token = f"{settings.username}:{settings.secret(settings.password_file)}"
        self._settings = settings
        self._client = InfluxDBClient(
            url=settings.url, token=token or "", org=settings.org, timeout=settings.timeout_s * 1000
        )
        self._api = self._client.write_api(write_options=SYNCHRONOUS)

    def write(self, lines: Sequence[str]) -> None:
        """Hand over lines.

        Raises
        ------
        SeriesUnavailable, SeriesRefused
        """
        try:
            self._api.write(
                bucket=self._settings.database,
                org=self._settings.org,
                record="\n".join(lines).encode(),
                write_precision="ns",
            )
        except ApiException as error:
            _refuse(self._settings, error.status or 0, str(error.body or error.reason))
        except urllib3.exceptions.HTTPError as error:
            raise SeriesUnavailable(f"{self._settings.url}: {error}") from error

    def close(self) -> None:
        """Let go of connections."""
        self._api.close()
        self._client.close()


def _refuse(settings: SeriesSettings, status: int, answer: str) -> None:
    """Sort an HTTP refusal: the lines' fault, or ours to try again."""
    said = f"{settings.url} answered {status}: {' '.join(answer.split())[:200]}"
    if status == 404 and settings.api == "v2":
        raise SeriesUnavailable(said + '; InfluxDB before 1.8 has no v2 API, set api = "v1"')
    if status in (400, 422):
        raise SeriesRefused(said)
    raise SeriesUnavailable(said)


SINKS: dict[str, type[V1Sink] | type[V2Sink]] = {"v1": V1Sink, "v2": V2Sink}


def sink_for(settings: SeriesSettings) -> Sink:
    """Return the way in that the settings name."""
    return SINKS[settings.api](settings)
