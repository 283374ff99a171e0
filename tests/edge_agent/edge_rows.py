"""Rows, watermarks and an agent's presence, for tests of the edge agent."""

from plumbline.edge_agent.agent_state import AgentState
from plumbline.edge_agent.spool import NewRow
from plumbline.wire.identity import StreamId
from plumbline.wire.messages import BootMark, Watermark
from plumbline.wire.topics import Address

NODE = StreamId(network="XX", structure="TWR01", node="0A", band_source="HN", axes="ZNE")
STREAM, BOOT = "XX.TWR01.0A.HN", "00000000000000b1"


def row(seq, size=100, stream=STREAM, boot=BOOT):
    return NewRow(stream=stream, boot=boot, seq=seq, message=bytes([seq % 256]) * size)


def mark(*held, refused=(), boot=BOOT, store="00000000000000aa", stream=STREAM, sent_ns=1):
    boots = (BootMark(boot=boot, held=held, refused=refused),)
    return Watermark(store=store, stream=stream, sent_ns=sent_ns, boots=boots)


def agent_state(boot):
    return AgentState(
        address=Address(network="XX", structure="TWR01", agent="pi"), boot=boot,
        host=f"host-{boot}", version="1", started_ns=1, streams=tuple,
    )  # fmt: skip
