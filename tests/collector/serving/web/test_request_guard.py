"""Requests that no browser of this page sends are refused before their body is read."""

import http.client
import urllib.request
from contextlib import closing
from urllib.parse import urlsplit

import pytest


def answer_to(url: str, **headers: str) -> int:
    """Return the status of a POST of which only the head is sent."""
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)) as connection:
        connection.putrequest("POST", "/api/ack")
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        with connection.getresponse() as answer:
            return answer.status


@pytest.mark.parametrize("length", [300_000_000, 64 * 1024 + 1])
def test_a_long_body_is_refused_by_its_length(url: str, length: int) -> None:
    assert answer_to(url, Content_Length=str(length)) == 413


def test_a_body_without_a_length_is_refused(url: str) -> None:
    assert answer_to(url, Transfer_Encoding="chunked") == 411


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_another_page_cannot_answer_an_alarm(url: str, origin: str) -> None:
    assert answer_to(url, Content_Length="0", Origin=origin) == 403


def test_the_page_itself_may_ask(url: str) -> None:
    own = url.rstrip("/")
    assert answer_to(url, Content_Length="0", Origin=own) == 400


def test_every_answer_forbids_frames_and_sniffing(url: str) -> None:
    with urllib.request.urlopen(url, timeout=10) as answer:
        headers = answer.headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
