"""What an SMS costs, by the numbers of 3GPP and those measured with real gateways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbline.collector.alerting.text.sms_segments import Encoding, segments, size

THAI = "ก"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", (0,)),
        ("a" * 160, (160,)),
        ("a" * 161, (153, 8)),
        ("a" * 306, (153, 153)),
        ("a" * 307, (153, 153, 1)),
        ("{" * 80, (160,)),
        ("€" * 81, (152, 10)),  # an escape pair is never cut: 76 pairs, then the other 5
        ("a" * 152 + "{" + "a" * 8, (152, 10)),
    ],
)
def test_latin_text_costs_septets(text, parts):
    assert size(text).encoding is Encoding.GSM7
    assert size(text).parts == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (THAI * 70, (70,)),
        (THAI * 71, (67, 4)),
        (THAI * 134, (67, 67)),
        (THAI * 135, (67, 67, 1)),
        (THAI * 87, (67, 20)),  # measured: Kannel and gammu cut an 87-character Thai alert so
        ("แจ้ง", (4,)),  # a tone mark costs one unit
        ("🏢" * 35, (70,)),
        ("ก" + "🏢" * 35, (67, 4)),
        ("🏢" * 36, (66, 6)),  # a surrogate pair is never cut
    ],
)
def test_thai_and_japanese_text_costs_ucs2_units(text, parts):
    assert size(text).encoding is Encoding.UCS2
    assert size(text).parts == parts


def test_one_thai_character_in_latin_text_costs_more_than_half_of_the_room():
    assert segments("a" * 160) == 1
    assert segments("a" * 70 + THAI) == 2


@pytest.mark.parametrize("character", "µ°²±–")
def test_signs_that_look_latin_but_are_not_in_the_alphabet_are_seen(character):
    assert size("12.3 " + character).encoding is Encoding.UCS2


@given(st.text(alphabet="abc{€กﾃ🏢", max_size=400))
def test_the_parts_hold_the_whole_text_and_none_is_over_full(text):
    cost = size(text)
    whole = len(text.encode("utf-16-be")) // 2
    if cost.encoding is Encoding.GSM7:
        whole = sum(2 if c in "{€" else 1 for c in text)
    limit = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}[cost.encoding]
    assert sum(cost.parts) == whole
    assert all(part <= limit[cost.segments > 1] for part in cost.parts)
