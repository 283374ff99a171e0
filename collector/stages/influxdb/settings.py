"""The ``[influxdb]`` section: which InfluxDB, and how much of the waveforms."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from plumbline.wire.inventory.lookup import Place
from plumbline.wire.settings import ExistingFile, Settings

ALWAYS_UP_TO_NODES = 50
"""One line an instant of 1 000 nodes at 100 Hz would be 100 000 lines a second."""
Waveforms = Literal["always", "episodes", "never"]


class InfluxSettings(Settings):
    """Where series go; without a url none are written and the page reads the archive."""

    url: Annotated[str, Field(pattern=r"^https?://[^/]+$")] | None = None
    api: Literal["v1", "v2"] = "v2"
    database: str = "plumbline"
    """Database of InfluxDB 1, bucket of 2 and 3."""
    org: str = "plumbline"
    username: str | None = None
    password_file: ExistingFile | None = None
    token_file: ExistingFile | None = None
    waveforms: Waveforms | None = None
    """What is written at full rate; unset: always up to 50 nodes, episodes beyond."""
    batch_lines: Annotated[int, Field(gt=0, le=100_000)] = 5_000
    timeout_s: Annotated[float, Field(gt=0)] = 10.0

    @model_validator(mode="after")
    def _one_way_in(self) -> "InfluxSettings":
        if self.api == "v1" and self.token_file:
            raise ValueError("token_file goes with api = 'v2'; for v1 give username, password_file")
        if (self.username is None) != (self.password_file is None):
            raise ValueError("username and password_file go together")
        return self

    def secret(self, path: Path | None) -> str | None:
        """Read a secret from its file."""
        return path.read_text(encoding="utf-8").strip() if path else None

    def mode(self, places: Mapping[str, Place]) -> Waveforms:
        """Return what is written at full rate of an inventory's streams."""
        nodes = {(place.stream.structure, place.stream.node) for place in places.values()}
        return self.waveforms or ("always" if len(nodes) <= ALWAYS_UP_TO_NODES else "episodes")
