"""The archive's section of the collector's configuration."""

from typing import Annotated, Literal

from pydantic import Field

from plumbline.wire.settings import Settings


class ArchiveSettings(Settings):
    """Settings of the archive: when hours are closed, and how their records are cut."""

    grace_s: Annotated[float, Field(ge=0)] = 60.0
    """An hour is closed this long after its end and after its last block. [s]"""
    commit_s: Annotated[float, Field(gt=0)] = 2.0
    """How often files are made durable and the cursor moves; the journal covers the rest. [s]"""
    record_bytes: Literal[512, 1024, 2048, 4096] = 4096
    """Largest miniSEED record; a shorter one is used where times part or data end. [B]"""
    close_on_stop: bool = False
    """Close all hours when the collector stops, so that day files hold everything."""
