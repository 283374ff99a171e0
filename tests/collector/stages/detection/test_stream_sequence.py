"""A lane: what is next, what is missing, what is anew, what is late."""

from pathlib import Path

import numpy as np
import pytest
from detection_rig import tower_places
from places import START_NS, block_of

from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.collector.stages.detection.stream_sequence import Continuity, StreamSequence
from plumbline.collector.stages.detection.trigger_banks import Banks, noise_density_ms2
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place

MS = NS // 1000


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return tower_places(tmp_path)["0A"]


def block(place: Place, seq: int, start_ns: int, n: int = 100, boot: int = 7) -> Block:
    return block_of(place, np.full((3, n), 0.01 * seq), seq=seq, start_ns=start_ns, boot=boot)


def behind(place: Place, **changed: int) -> StreamSequence:
    sequence = StreamSequence()
    sequence.advance(block(place, 5, START_NS), [0.0, 0.0, 0.0])
    for name, value in changed.items():
        setattr(sequence, name, value)
    return sequence


DUE = START_NS + NS


@pytest.mark.parametrize(
    ("seq", "after_ns", "continuity", "missing"),
    [
        (6, 0, Continuity.CONTIGUOUS, 0),
        (
            6,
            300 * MS,
            Continuity.CONTIGUOUS,
            0,
        ),  # consecutive: the clock was corrected, nothing is missing
        (6, -300 * MS, Continuity.CONTIGUOUS, 0),
        (6, 1000 * MS, Continuity.GAP_BRIDGED, 100),
        (7, 4 * MS, Continuity.CONTIGUOUS, 0),
        (7, 300 * MS, Continuity.GAP_BRIDGED, 30),
        (7, 2000 * MS, Continuity.GAP_BRIDGED, 200),
        (7, 2001 * MS, Continuity.RESTART, 0),
        (9, 600_000 * MS, Continuity.RESTART, 0),
        (4, -1000 * MS, Continuity.LATE, 0),
        (3, -2000 * MS, Continuity.LATE, 0),
        (6, -5000 * MS, Continuity.RESTART, 0),  # consecutive, but the clock was set back
    ],
)
def test_how_a_block_fits(place, seq, after_ns, continuity, missing):
    assert behind(place).continuity(block(place, seq, DUE + after_ns)) == (continuity, missing)


def test_an_agent_that_started_again_goes_on_where_time_does(place):
    assert behind(place).continuity(block(place, 0, DUE + 1500 * MS, boot=8)) == (
        Continuity.GAP_BRIDGED,
        150,
    )
    assert behind(place).continuity(block(place, 0, DUE - 10_000 * MS, boot=8)) == (
        Continuity.LATE,
        0,
    )


def test_the_first_block_of_all_begins_anew(place):
    assert StreamSequence().continuity(block(place, 900, START_NS)) == (Continuity.RESTART, 0)


def test_a_lane_comes_back_as_it_was(place):
    sequence = behind(place)
    assert StreamSequence.from_state(sequence.state()) == sequence


def banks(place: Place) -> Banks:
    return Banks({place.stream.key: place}, DetectionSettings().shaking())


def test_a_short_gap_is_bridged_and_time_goes_on(place):
    own = banks(place)
    found = []
    for seq, start_ns in ((0, START_NS), (1, START_NS + NS), (2, START_NS + 3500 * MS)):
        piece = own.piece(seq, block(place, seq, start_ns))
        found += own.feed([piece])[seq]
    assert [frame.end_ns - START_NS for frame in found] == [k * 500 * MS for k in range(1, 10)]


def test_ticks_fall_on_half_seconds_of_the_stream_however_it_is_cut(place):
    whole, parts = banks(place), banks(place)
    x = np.random.default_rng(1).normal(size=(3, 900))
    found = whole.feed([whole.piece(0, block_of(place, x))])[0]
    pieces, first = [], 0
    for number, n in enumerate((13, 1, 86, 250, 49, 1, 500)):
        part = block_of(
            place, x[:, first : first + n], seq=number, start_ns=START_NS + first * 10 * MS
        )
        pieces.append(parts.piece(number, part))
        first += n
    joined = [frame for ticks in parts.feed(pieces).values() for frame in ticks]
    assert joined == found


def test_noise_includes_the_counting(place):
    coarse = place.instrument.model_copy(update={"sensitivity": 208.8, "noise_rms": 1e-6})
    from dataclasses import replace

    # One count of 4.79 mm/s2 over the square root of 12, spread over 50 Hz.
    expected = 1 / 208.8 / np.sqrt(12) / np.sqrt(50)
    assert noise_density_ms2(replace(place, instrument=coarse)) == pytest.approx(expected, rel=1e-3)
