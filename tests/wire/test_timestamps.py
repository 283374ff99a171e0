"""Times as text are exact, and read back as the same time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbline.wire.block import NS
from plumbline.wire.timestamps import (
    iso_date,
    iso_milliseconds,
    iso_nanoseconds,
    iso_seconds,
    local_minute,
    time_ns_of,
)

QUAKE_NS = 1_743_142_831_123_456_789  # 2025-03-28 06:20:31 UTC


def test_each_form_has_its_digits() -> None:
    assert iso_seconds(QUAKE_NS) == "2025-03-28T06:20:31Z"
    assert iso_milliseconds(QUAKE_NS) == "2025-03-28T06:20:31.123+00:00"
    assert iso_nanoseconds(QUAKE_NS) == "2025-03-28T06:20:31.123456789Z"
    assert iso_date(QUAKE_NS) == "2025-03-28"
    assert local_minute(QUAKE_NS, "Asia/Bangkok") == "2025-03-28 13:20"


@given(seconds=st.integers(-(10**9), 4 * 10**9), micros=st.integers(0, 999_999))
def test_what_is_written_is_read_back(seconds: int, micros: int) -> None:
    time_ns = seconds * NS + micros * 1_000
    assert time_ns_of(iso_seconds(time_ns)) == seconds * NS
    text = iso_nanoseconds(time_ns)
    assert time_ns_of(text[:-4] + "Z") == time_ns


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2025-03-28", 1_743_120_000),
        ("2025-03-28T06:20:31", 1_743_142_831),
        ("2025-03-28T13:20:31+07:00", 1_743_142_831),
    ],
)
def test_a_time_without_a_zone_is_utc(text: str, seconds: int) -> None:
    assert time_ns_of(text) == seconds * NS


def test_what_is_no_time_says_how_one_is_written() -> None:
    with pytest.raises(ValueError, match="'yesterday': expected a time as 2025-03-28T06:19:00Z"):
        time_ns_of("yesterday")
