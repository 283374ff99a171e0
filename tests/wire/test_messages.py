"""Messages beside the blocks: whole or refused, and open to newer agents."""

import pytest

from plumbline.wire.errors import BadMessage
from plumbline.wire.messages import BootMark, State, Watermark

MARK = Watermark(
    store="0123456789abcdef",
    stream="XX.TWR01.3A.HN",
    sent_ns=1,
    boots=(BootMark(boot="00000000000000ff", held=((0, 9),), refused=((10, 10, "CRC"),)),),
)


def test_a_watermark_comes_back_as_it_went() -> None:
    assert Watermark.from_json(MARK.to_json()) == MARK


def test_a_key_of_a_newer_version_is_let_through() -> None:
    newer = MARK.to_json()[:-1] + b',"colour":"blue"}'
    assert Watermark.from_json(newer) == MARK


@pytest.mark.parametrize(
    ("payload", "names"),
    [
        (b"{", "JSON"),
        (b'{"agent":"a","boot":"zz","online":true,"reason":"started"}', "boot"),
        (b'{"agent":"a","boot":"00000000000000ff","online":true}', "reason"),
    ],
)
def test_a_broken_message_is_refused_by_key(payload: bytes, names: str) -> None:
    with pytest.raises(BadMessage, match=names):
        State.from_json(payload)
