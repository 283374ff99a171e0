"""The ``[outages]`` section: how long a quiet link or instrument may be."""

from typing import Annotated

from pydantic import Field

from plumbline.wire.settings import Settings

Seconds = Annotated[float, Field(gt=0)]


class OutageSettings(Settings):
    """Times without any arrival; heartbeats come every 10 s, slow instruments' blocks too."""

    link_after_s: Seconds = 35.0
    """No heartbeat and no block of an agent: three heartbeats missed. [s]"""
    stream_after_s: Seconds = 45.0
    """No block of a stream while its agent is alive. [s]"""
    start_s: Seconds = 120.0
    """A collector that has just started waits this long for what never arrived. [s]"""
