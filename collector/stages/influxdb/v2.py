"""InfluxDB 1.8+, 2.x and 3.x: ``/api/v2`` through influxdb-client, synchronously.

Its batching mode drops points silently when the host is down, so it is not used.
"""

from collections.abc import Callable, Sequence
from http import HTTPStatus

import urllib3

from plumbline.collector.stages.influxdb import schema
from plumbline.collector.stages.influxdb.errors import CannotDelete, refused, unreachable
from plumbline.collector.stages.influxdb.settings import InfluxSettings
from plumbline.wire.identity import StreamId
from plumbline.wire.timestamps import iso_nanoseconds

NO_DELETING = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED)


class V2Sink:
    """The v2 API, with a token, or with the name and password of a 1.8."""

    def __init__(self, settings: InfluxSettings) -> None:
        # imported where it is needed: it takes 0.5 s to load
        from influxdb_client.client.influxdb_client import InfluxDBClient
        from influxdb_client.client.write_api import SYNCHRONOUS

        token = settings.secret(settings.token_file)
        if token is None and settings.username:
            token = f"{settings.username}:{settings.secret(settings.password_file)}"
        self._settings = settings
        self._url = str(settings.url)
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
        self._request(
            lambda: self._api.write(
                bucket=self._settings.database,
                org=self._settings.org,
                record="\n".join(lines).encode(),
                write_precision="ns",
            )
        )

    def delete(
        self, stream: StreamId, measurement: schema.Measurement, start_ns: int, end_ns: int
    ) -> None:
        """Delete what a measurement has of a stream in ``[start_ns, end_ns)``.

        Raises
        ------
        CannotDelete
            If this InfluxDB cannot; 3.x cannot.
        """
        whole = measurement is schema.WAVEFORM
        for channel in (stream.band_source,) if whole else stream.channels:
            predicate = (
                f'_measurement="{measurement.name}" AND network="{stream.network}" AND '
                f'structure="{stream.structure}" AND node="{stream.node}" AND channel="{channel}"'
            )
            if start_ns < end_ns:  # both ends belong to a delete of the v2 API
                self._delete(predicate, iso_nanoseconds(start_ns), iso_nanoseconds(end_ns - 1))

    def close(self) -> None:
        """Let go of connections."""
        self._api.close()
        self._client.close()

    def _delete(self, predicate: str, start: str, stop: str) -> None:
        bucket, org = self._settings.database, self._settings.org
        self._request(
            lambda: self._client.delete_api().delete(start, stop, predicate, bucket, org),
            deletes=True,
        )

    def _request(self, request: Callable[[], object], *, deletes: bool = False) -> None:
        from influxdb_client.rest import ApiException

        try:
            request()
        except ApiException as error:
            status, text = error.status or 0, str(error.body or error.reason)
            if deletes and status in NO_DELETING:
                raise CannotDelete(f"{self._url} answered {status} to a delete") from error
            raise refused(self._url, status, text, v2=True) from error
        except urllib3.exceptions.HTTPError as error:
            raise unreachable(self._url, error) from error
