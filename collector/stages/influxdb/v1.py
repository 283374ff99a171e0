"""InfluxDB 1.x: the same line protocol to ``/write``, deleting in InfluxQL."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlencode

import urllib3

from plumbline.collector.stages.influxdb.errors import refused, unreachable
from plumbline.collector.stages.influxdb.schema import Measurement
from plumbline.collector.stages.influxdb.settings import InfluxSettings
from plumbline.wire.identity import StreamId


class V1Sink:
    """Debian's InfluxDB 1.6 and every other 1.x; makes its database where it is missing."""

    def __init__(self, settings: InfluxSettings) -> None:
        self._settings = settings
        self._url = str(settings.url)
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(settings.timeout_s), retries=False, maxsize=1
        )
        password = settings.secret(settings.password_file)
        self._headers = (
            urllib3.make_headers(basic_auth=f"{settings.username}:{password}")
            if settings.username
            else {}
        )

    def write(self, lines: Sequence[str]) -> None:
        """Hand over lines.

        Raises
        ------
        SeriesUnavailable, SeriesRefused
        """
        body = "\n".join(lines).encode()
        fields = {"db": self._settings.database, "precision": "ns"}
        if self._post("/write", fields, body).status == HTTPStatus.NOT_FOUND:
            self._query(f'CREATE DATABASE "{self._settings.database}"')
            self._post("/write", fields, body, last=True)

    def delete(
        self, stream: StreamId, measurement: Measurement, start_ns: int, end_ns: int
    ) -> None:
        """Delete what a measurement has of a stream in ``[start_ns, end_ns)``."""
        when = f"time >= {start_ns} AND time < {end_ns}"
        who = f"\"network\" = '{stream.network}' AND \"structure\" = '{stream.structure}'"
        which = f'"node" = \'{stream.node}\' AND "channel" =~ /^{stream.band_source}.?$/'
        # codes of streams are capitals and digits: the inventory refuses others
        self._query(f'DELETE FROM "{measurement.name}" WHERE {when} AND {who} AND {which}')  # noqa: S608

    def close(self) -> None:
        """Let go of connections."""
        self._pool.clear()

    def _query(self, text: str) -> None:
        """Query in InfluxQL; that a database to delete from is not there is no failure."""
        fields = {"db": self._settings.database, "q": text}
        answer = json.loads(self._post("/query", fields, b"", last=True).data)
        for result in answer.get("results", ()):
            if "error" in result and "database not found" not in result["error"]:
                raise refused(self._url, HTTPStatus.OK, result["error"], v2=False)

    def _post(
        self, path: str, fields: dict[str, str], body: bytes, *, last: bool = False
    ) -> urllib3.BaseHTTPResponse:
        """Return the answer; 404 (no such database) is an error only for the last try."""
        url = f"{self._url}{path}?{urlencode(fields)}"
        try:
            answer = self._pool.request("POST", url, body=body, headers=self._headers)
        except urllib3.exceptions.HTTPError as error:
            raise unreachable(self._url, error) from error
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES and (
            last or answer.status != HTTPStatus.NOT_FOUND
        ):
            text = answer.data.decode(errors="replace")
            raise refused(self._url, answer.status, text, v2=False)
        return answer
