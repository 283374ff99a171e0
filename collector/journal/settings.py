"""The journal's section of the collector's configuration."""

from typing import Annotated

from pydantic import Field

from plumbline.wire.settings import Settings


class JournalSettings(Settings):
    """Retention of the journal, and how long a group waits for its fsync."""

    bound_mb: Annotated[int, Field(ge=16)] = 8192
    """Released segments are deleted, oldest first, beyond this size. [MB]"""
    keep_hours: Annotated[float, Field(gt=0)] = 48.0
    """Released segments older than this are deleted. [h]"""
    segment_mb: Annotated[float, Field(gt=0)] = 64.0
    """Size at which a new segment file begins. [MB]"""
    group_ms: Annotated[float, Field(ge=0, le=50)] = 25.0
    """How long a group gathers before its one fsync. [ms]"""
    tail_mb: Annotated[float, Field(ge=0)] = 32.0
    """Newest entries held decoded in memory, so that stages share one decoding. [MB]"""
