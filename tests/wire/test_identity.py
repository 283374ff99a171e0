"""Names fit SEED 2.4, or are refused with what was expected."""

import pytest

from plumbline.wire.errors import BadIdentity
from plumbline.wire.identity import StreamId, axis_of
from plumbline.wire.topics import Address, TopicKind, parsed

GOOD = {"network": "XX", "structure": "TWR01", "node": "3A", "band_source": "HN", "axes": "ZNE"}


def test_a_stream_names_its_channels_as_seed_does() -> None:
    stream = StreamId(**GOOD)
    assert stream.nslc == ("XX.TWR01.3A.HNZ", "XX.TWR01.3A.HNN", "XX.TWR01.3A.HNE")
    assert stream.source_id("Z") == "FDSN:XX_TWR01_3A_H_N_Z"
    assert axis_of(stream.source_id("Z")) == ("XX", "TWR01", "3A", "HN", "Z")


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("network", "PLB"),
        ("network", ""),
        ("structure", "TOWER1"),
        ("structure", "twr"),
        ("node", "3"),
        ("node", "3AB"),
        ("band_source", "HNZ"),
        ("axes", "ZZ"),
        ("axes", ""),
    ],
)
def test_a_code_too_long_or_strange_is_refused_by_name(field: str, code: str) -> None:
    with pytest.raises(BadIdentity, match=field):
        StreamId(**{**GOOD, field: code})


def test_all_wrong_codes_are_told_at_once() -> None:
    with pytest.raises(BadIdentity) as refusal:
        StreamId(**{**GOOD, "network": "PLB", "node": "ROOF"})
    assert "network" in str(refusal.value)
    assert "node" in str(refusal.value)


def test_a_topic_leads_back_to_its_agent() -> None:
    address = Address(network="XX", structure="TWR01", agent="pi-roof")
    topic = address.topic(TopicKind.BLOCKS, StreamId(**GOOD))
    assert topic == "plumbline/1/XX/TWR01/pi-roof/blocks/3A.HN"
    assert parsed(topic) == (address, TopicKind.BLOCKS, "3A.HN")


@pytest.mark.parametrize("topic", ["other/1/XX/T/a/state", "plumbline/1/XX/T/a/shout", "x"])
def test_a_strange_topic_is_refused(topic: str) -> None:
    with pytest.raises(BadIdentity):
        parsed(topic)


def test_an_agent_name_that_would_break_topics_is_refused() -> None:
    with pytest.raises(BadIdentity, match="small letters"):
        Address(network="XX", structure="TWR01", agent="Pi/Roof")
