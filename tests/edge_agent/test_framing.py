"""Frames and lines: whatever arrives, in whatever pieces, what is whole comes out."""

import random

import pytest
from chunks import cuts, pieces
from edge_node import framed, samples_frame
from hypothesis import given
from hypothesis import strategies as st
from where import shared_data

from plumbline.edge_agent.framing import Rejected
from plumbline.edge_agent.framing.cobs import CobsReader, unstuffed
from plumbline.edge_agent.framing.lines import LineReader, body
from plumbline.edge_agent.framing.witmotion import WitMotionReader

RNG = random.Random(7)
MESSAGES = [bytes(RNG.choices(range(256), k=k)) for k in (1, 5, 27, 248)]
COBS_STREAM = (
    b"\x07half"
    + b"".join(b"\0" + framed(message) for message in MESSAGES)
    + bytes(RNG.choices(range(1, 256), k=700))
    + b"\0"
    + framed(MESSAGES[1])[:-3]
    + framed(MESSAGES[2])
    + framed(MESSAGES[0])
)


def witmotion_frame(kind: int, *words: int) -> bytes:
    body_ = bytes([0x55, kind]) + b"".join((word & 0xFFFF).to_bytes(2, "little") for word in words)
    return body_ + bytes([sum(body_) & 255])


WIT_FRAMES = [witmotion_frame(0x51, 0x5155, -k, 0x5555, 2550) for k in range(30)]
WIT_STREAM = (
    WIT_FRAMES[0][4:]
    + b"".join(WIT_FRAMES[:10])
    + WIT_FRAMES[10][:6]
    + b"".join(WIT_FRAMES[10:20])
    + bytes(RNG.choices(range(256), k=600))
    + b"".join(WIT_FRAMES[20:])
)
LINES = b"36.026,  25.666\r\n$A,1*00\r\n\r\nplain\nnul\0in it\r\n" + b"x" * 500 + b"\r\nlast\r\nhal"

STREAMS = {
    "cobs": (CobsReader, COBS_STREAM),
    "witmotion": (WitMotionReader, WIT_STREAM),
    "lines": (LineReader, LINES),
}


@pytest.mark.parametrize("name", STREAMS)
@given(chance=st.data())
def test_frames_do_not_depend_on_how_the_bytes_arrive(name, chance):
    make, stream = STREAMS[name]
    cut = chance.draw(cuts(len(stream)))
    whole, cut_up = make(), make()
    expected = [*whole.feed(stream), *whole.reset()]
    found = [item for piece in pieces(stream, cut) for item in cut_up.feed(piece)]
    assert [*found, *cut_up.reset()] == expected


@pytest.mark.parametrize("name", ["cobs", "witmotion"])
def test_every_byte_is_in_a_frame_or_handed_back(name):
    make, stream = STREAMS[name]
    reader = make()
    items = [*reader.feed(stream), *reader.reset()]
    rejected = sum(len(item.raw) for item in items if isinstance(item, Rejected))
    if name == "witmotion":
        assert rejected + sum(len(item) for item in items if isinstance(item, bytes)) == len(stream)
    else:
        good = sum(len(framed(item)) for item in items if isinstance(item, bytes))
        zeros = stream.count(b"\0") - sum(isinstance(item, bytes) for item in items)
        assert rejected + good + zeros == len(stream)


def test_reading_goes_on_at_the_next_whole_frame():
    reader = CobsReader()
    assert [item for item in reader.feed(COBS_STREAM) if isinstance(item, bytes)] == [
        *MESSAGES,
        MESSAGES[0],
    ]


def test_a_gap_in_the_bytes_costs_no_other_witmotion_frame():
    frames = [item for item in WitMotionReader().feed(WIT_STREAM) if isinstance(item, bytes)]
    assert [frame for frame in frames if frame in WIT_FRAMES] == WIT_FRAMES


@given(message=st.binary(min_size=1, max_size=248))
def test_any_message_comes_back_from_its_frame(message):
    assert unstuffed(framed(message)[:-1]) == message


@given(at=st.integers(0), bit=st.integers(0, 7))
def test_a_flipped_bit_never_gives_another_message(at, bit):
    frame = bytearray(samples_frame(1, 0x5EED1234, 1000, 5))
    frame[at % len(frame)] ^= 1 << bit
    good = samples_frame(1, 0x5EED1234, 1000, 5)
    assert all(
        isinstance(item, Rejected) for item in CobsReader().feed(bytes(frame) + b"\0")
    ) or bytes(frame) in (good, good[:-1] + frame[-1:])


def test_the_crc_is_the_one_of_the_node_page():
    assert framed(b"123456789")[-3:] == bytes([0xB1, 0x29, 0])


def test_a_line_that_may_have_begun_earlier_is_not_believed():
    first, second, *_ = LineReader().feed(b"36.026,1\r\n-236.026,1\r\n")
    assert first == Rejected(reason="line without its beginning", raw=b"36.026,1\r")
    assert second == "-236.026,1"


def test_published_sentences_have_right_checksums():
    """Checksums of the maker's manual, as instruments.md quotes them."""
    for sentence in (
        "$YXXDR,A,-00.920,D,N,A,-00.210,D,E,C,030.045,C,T-N1212*57",
        "$YXXDR,A,000.034,D,N,A,-00.625,D,E,C,021.651,C,T-N0000*47",
        "$P-00.905R002.190*19",
    ):
        assert body(sentence) == sentence[1:-3]
        assert body(sentence[:-1] + "F") is None
    assert body("no sentence") is None


@pytest.mark.parametrize(
    ("name", "sentences"), [("gr701w", 540), ("bu353s4", 268), ("gn803g", 772), ("neof10t", 736)]
)
def test_every_sentence_of_a_real_receiver_is_found(name, sentences):
    """Counts of the data set's page; UBX binary lies between the lines of three of them."""
    raw = (shared_data("nmea-gnss-logs") / f"{name}.dat").read_bytes()
    found = 0
    for item in LineReader().feed(b"\n" + raw):
        text = item if isinstance(item, str) else item.raw.decode("latin-1").rstrip("\r")
        start = text.rfind("$")  # a binary message can end just before a sentence
        if start >= 0 and text[start:].isascii() and (sentence := body(text[start:])):
            found += not sentence.startswith("P")  # the page does not count makers' own ones
    assert found == sentences


def test_the_real_wt901_log_is_read_without_a_stray_byte():
    raw = (shared_data("witmotion-wt901") / "example_data.TXT").read_bytes()
    frames = list(WitMotionReader().feed(raw))
    assert not any(isinstance(frame, Rejected) for frame in frames)
    kinds = [frame[1] for frame in frames]
    assert [kinds.count(kind) for kind in (0x51, 0x52, 0x53, 0x54)] == [2017] * 4
    assert frames[0] == bytes.fromhex("555103000B004D08DE09F0")


@pytest.mark.parametrize("seed", range(5))
def test_dropped_and_flipped_bytes_of_the_real_log_cost_only_frames_near_them(seed):
    raw = (shared_data("witmotion-wt901") / "example_data.TXT").read_bytes()
    true_frames = {raw[at : at + 11] for at in range(0, len(raw), 11)}
    rng = random.Random(seed)
    damaged = bytearray(raw)
    faults = 100
    for at in sorted(rng.sample(range(len(raw)), faults), reverse=True):
        if rng.random() < 0.5:
            del damaged[at]
        else:
            damaged[at] ^= 1 << rng.randrange(8)
    frames = [item for item in WitMotionReader().feed(bytes(damaged)) if isinstance(item, bytes)]
    assert sum(frame in true_frames for frame in frames) >= 4 * 2017 - 2 * faults
    # an 8-bit sum lets some damage through; out of step it is one in 256, and then the next head
    assert sum(frame not in true_frames for frame in frames) <= 2


def test_out_of_step_a_frame_by_chance_is_not_believed():
    """Damaged data can hold a 0x55 and eight bits of sum that fit."""
    chance = witmotion_frame(0x5A, 1, 2, 3, 4)
    damaged = (
        WIT_FRAMES[0] + WIT_FRAMES[1][:7] + chance + b"\x17\x02" + WIT_FRAMES[2] + WIT_FRAMES[3]
    )
    frames = [item for item in WitMotionReader().feed(damaged) if isinstance(item, bytes)]
    assert frames == [WIT_FRAMES[0], WIT_FRAMES[2], WIT_FRAMES[3]]
