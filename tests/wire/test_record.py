"""A record carries a block unchanged, or is refused with the reason."""

import io

import numpy as np
import obspy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from plumbline.wire.block import Block
from plumbline.wire.errors import CorruptRecord, NotARecord, WireError
from plumbline.wire.identity import StreamId
from plumbline.wire.record import decode, encode

TOWER = StreamId(network="XX", structure="TWR01", node="3A", band_source="HN", axes="ZNE")

blocks = st.builds(
    Block,
    stream=st.builds(
        StreamId,
        network=st.from_regex(r"[A-Z0-9]{1,2}", fullmatch=True),
        structure=st.from_regex(r"[A-Z0-9]{1,5}", fullmatch=True),
        node=st.from_regex(r"[A-Z0-9]{2}", fullmatch=True),
        band_source=st.from_regex(r"[A-Z]{2}", fullmatch=True),
        axes=st.just("ZNE"),
    ),
    boot=st.integers(0, 2**64 - 1),
    seq=st.integers(0, 2**53 - 1),
    start_ns=st.integers(0, 4_000_000_000_000_000_000),
    rate_hz=st.sampled_from([0.1, 1.0, 31.25, 50.0, 100.0, 125.0, 500.0, 1000.0]),
    counts=st.integers(1, 600).flatmap(lambda n: hnp.arrays(np.int32, (3, n))),
    clock_error_ns=st.integers(0, 10**15),
    time_quality=st.integers(0, 100),
)


def example(samples: int = 100) -> Block:
    counts = np.random.default_rng(1).normal(size=(3, samples)) * 30
    return Block(
        stream=TOWER,
        boot=0xC0FFEE,
        seq=42,
        start_ns=1_743_142_800_123_456_789,
        rate_hz=100.0,
        counts=counts.astype(np.int32),
        clock_error_ns=250_000,
        time_quality=100,
    )


@given(block=blocks)
def test_any_block_comes_back_as_it_went(block: Block) -> None:
    assert decode(encode(block)).same_as(block)


@given(where=st.integers(0, len(encode(example())) - 1), change=st.integers(1, 255))
def test_any_changed_byte_is_refused_with_the_reason(where: int, change: int) -> None:
    message = bytearray(encode(example()))
    message[where] ^= change
    with pytest.raises((NotARecord, CorruptRecord)) as refusal:
        decode(bytes(message))
    assert str(refusal.value)


def test_any_truncation_is_refused() -> None:
    message = encode(example())
    for length in range(len(message)):
        with pytest.raises(WireError):
            decode(message[:length])


@pytest.mark.parametrize("extra", [b"\0", b"MS\x03", encode(example())[:300]])
def test_bytes_left_over_are_refused(extra: bytes) -> None:
    with pytest.raises(CorruptRecord):
        decode(encode(example()) + extra)


def test_records_of_two_messages_do_not_make_one() -> None:
    first, second = encode(example()), encode(example(99))
    with pytest.raises(CorruptRecord):
        decode(first[: len(first) // 3] + second[len(second) // 3 :])


def test_the_largest_steps_are_carried_as_plain_integers() -> None:
    counts = np.array([[-(2**31), 2**31 - 1, 0, 2**31 - 1]], dtype=np.int32)
    stream = StreamId(network="XX", structure="A", node="00", band_source="HN", axes="Z")
    block = Block(
        stream=stream, boot=1, seq=0, start_ns=0, rate_hz=1.0, counts=counts,
        clock_error_ns=0, time_quality=0,
    )  # fmt: skip
    assert decode(encode(block)).same_as(block)


def test_the_fdsn_time_quality_is_where_the_standard_has_it() -> None:
    assert b'"FDSN":{"Time":{"Quality":100}}' in encode(example())


@pytest.mark.parametrize(("sigma", "largest"), [(5, 2.6), (30, 2.6), (100, 3.3)])
def test_a_one_second_block_keeps_its_bytes_a_sample(sigma: int, largest: float) -> None:
    counts = np.random.default_rng(2).normal(size=(3, 100)) * sigma
    block = Block(
        stream=TOWER, boot=2**63, seq=10_000_000, start_ns=1, rate_hz=100.0,
        counts=counts.astype(np.int32), clock_error_ns=250_000, time_quality=100,
    )  # fmt: skip
    assert len(encode(block)) / 300 <= largest


def test_a_mistaken_reader_of_version_2_refuses_rather_than_misreads() -> None:
    with pytest.raises(TypeError):
        obspy.read(io.BytesIO(encode(example())))
