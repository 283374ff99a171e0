"""Errors of InfluxDB, and how an answer or a failure is sorted.

::

    SeriesError
     ├ SeriesUnavailable   not reached, overloaded, not let in  -> the same lines come again
     ├ SeriesRefused       the lines themselves are wrong       -> logged, counted, gone on
     └ CannotDelete        this InfluxDB has no deleting        -> rebuild into a new database
"""

from http import HTTPStatus

import urllib3.exceptions as http

WRONG_LINES = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
NOT_LET_IN = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
LONGEST_ANSWER = 200


class SeriesError(Exception):
    """Something went wrong between us and InfluxDB."""


class SeriesUnavailable(SeriesError):
    """InfluxDB did not take the lines; they will be offered again."""


class SeriesRefused(SeriesError):
    """The lines themselves are wrong to InfluxDB; offering them again will not help."""


class CannotDelete(SeriesError):
    """Deleting is not there, as in InfluxDB 3."""


FAILURES: dict[type[http.HTTPError], str] = {
    http.NameResolutionError: "no such host; check the name in [influxdb] url",
    http.NewConnectionError: "nothing listens there; is InfluxDB running?",
    http.ConnectTimeoutError: "no answer; is the host up?",
    http.ReadTimeoutError: "no answer in time; it may be overloaded, or timeout_s too short",
    http.SSLError: "TLS failed; check the certificate, and https in [influxdb] url",
    http.ProtocolError: "the connection broke; is it InfluxDB that listens there?",
}
"""Text of each failure; read from the top, the first that fits counts."""


def unreachable(url: str, failure: http.HTTPError) -> SeriesUnavailable:
    """Return why InfluxDB was not reached; always in the same words, so it is logged once."""
    text = [words for kind, words in FAILURES.items() if isinstance(failure, kind)]
    return SeriesUnavailable(f"{url}: {text[0] if text else type(failure).__name__}")


def refused(url: str, status: int, answer: str, *, v2: bool) -> SeriesError:
    """Sort an HTTP refusal: the lines' fault, or ours to try again."""
    text = f"{url} answered {status}: {' '.join(answer.split())[:LONGEST_ANSWER]}"
    if status in WRONG_LINES:
        return SeriesRefused(text)
    if status in NOT_LET_IN:
        keys = "token_file" if v2 else "username and password_file"
        return SeriesUnavailable(f"{text}; check [influxdb] {keys}")
    if status == HTTPStatus.NOT_FOUND and v2:
        return SeriesUnavailable(
            f'{text}; make the bucket, or, before InfluxDB 1.8, which has no v2 API, set api = "v1"'
        )
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return SeriesUnavailable(f"{text}; lower [influxdb] batch_lines")
    return SeriesUnavailable(text)
