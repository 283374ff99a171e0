"""The node's bytes are those of its written protocol, to the last one."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from node_bytes import crc16, messages, unstuffed
from scipy.signal import firwin, freqz

from plumbline.simulator.instruments import adxl355_frames as frames
from plumbline.simulator.instruments import decimator

PAGE = Path(__file__).resolve().parents[2] / "firmware_configs" / "adxl355_node" / "README.md"
NONCE = 0x5EED1234


def examples() -> dict[str, tuple[bytes, bytes, int]]:
    found = re.findall(
        r"\*\*([A-Z][A-Za-z, ]+)\*\*: .*CRC `0x([0-9A-F]{4})`\.\n"
        r"```\nmessage ([0-9A-F ]+)\nline +([0-9A-F ]+)\n```",
        PAGE.read_text(encoding="utf-8"),
    )
    return {n: (bytes.fromhex(m), bytes.fromhex(b), int(c, 16)) for n, c, m, b in found}


def made() -> dict[str, bytes]:
    return {
        "HELLO": frames.hello(
            nonce=NONCE,
            serial=355001,
            range_code=1,
            streams=(
                frames.StreamEntry(stream=0, per_frame=10, rate_mhz=500_000, delay_us=3260),
                frames.StreamEntry(stream=1, per_frame=5, rate_mhz=100_000, delay_us=103_260),
            ),
        ),
        "SAMPLES": frames.samples(
            stream=1,
            nonce=NONCE,
            counter=1000,
            temp_code=1858,
            flags=0,
            range_code=1,
            counts=np.array([[256, -256], [-1, 0], [256_000, 255_990]], dtype=np.int32),
        ),
        "SAMPLES, clipped and across the wrap": frames.samples(
            stream=0,
            nonce=NONCE,
            counter=2**32 - 1,
            temp_code=1885,
            flags=frames.FLAG_CLIPPED,
            range_code=1,
            counts=np.array([[524_287, 0], [-524_288, 0], [256_000, 256_000]], dtype=np.int32),
        ),
        "STATUS": frames.status(
            nonce=NONCE, uptime_ms=3_600_000, cause=0, supply_mv=4987, temp_code=1858
        ),
    }


def test_the_page_has_an_example_of_every_message():
    assert set(examples()) == set(made())


@pytest.mark.parametrize("name", list(made()))
def test_the_node_sends_the_bytes_of_the_page(name):
    message, line, crc = examples()[name]
    assert made()[name] == message
    assert frames.framed(message) == line
    assert crc16(message) == crc


def test_the_crc_has_the_catalogues_check_value():
    assert crc16(b"123456789") == 0x29B1


def test_the_page_states_lengths_that_the_examples_have():
    sizes = {name: len(message) for name, (message, _, _) in examples().items()}
    assert sizes == {
        "HELLO": 14 + 10 * 2,
        "SAMPLES": 14 + 9 * 2,
        "SAMPLES, clipped and across the wrap": 14 + 9 * 2,
        "STATUS": 20,
    }


@given(st.binary(min_size=1, max_size=248))
def test_any_message_comes_back_from_its_frame(message):
    frame = frames.framed(message)
    assert frame.count(0) == 1
    assert frame.endswith(b"\0")
    assert len(frame) == len(message) + 4
    assert unstuffed(frame[:-1])[:-2] == message
    assert messages(frame) == [message]


def test_a_message_that_could_need_a_second_stuffing_byte_is_refused():
    with pytest.raises(ValueError, match="at most 248"):
        frames.framed(bytes(249))


def test_the_temperature_code_is_the_data_sheets():
    assert frames.temp_code(25.0) == 1885
    assert frames.temp_code(27.98) == 1858


def test_the_decimating_filter_is_the_one_on_the_page():
    taps = decimator.taps()
    np.testing.assert_allclose(taps, firwin(101, 50, window=("kaiser", 6.2), fs=500), atol=1e-15)
    assert taps[50] == pytest.approx(0.200038298, abs=5e-10)
    assert taps[49] == pytest.approx(0.186921381, abs=5e-10)
    np.testing.assert_array_equal(taps, taps[::-1])  # linear phase: the delay is 50 samples


def test_the_decimating_filter_is_flat_to_40_hz_and_shut_from_60_hz():
    _, passed = freqz(decimator.taps(), worN=np.linspace(0, 40, 400), fs=500)
    _, stopped = freqz(decimator.taps(), worN=np.linspace(60, 250, 2000), fs=500)
    assert np.ptp(20 * np.log10(np.abs(passed))) < 0.01
    assert 20 * np.log10(np.abs(stopped).max()) < -64


def test_the_line_load_of_the_page_adds_up():
    raw = len(frames.framed(bytes(14 + 90))) * 50
    decimated = len(frames.framed(bytes(14 + 45))) * 20
    total = raw + decimated + len(frames.framed(bytes(34))) + len(frames.framed(bytes(20))) / 10
    assert (raw, decimated) == (5400, 1260)
    assert round(total, -1) == 6700
    assert round(total * 10 / 115_200 * 100, 1) == 58.2
