"""Export request: channels, window and format."""

from dataclasses import dataclass
from enum import StrEnum

from plumbline.wire.timestamps import iso_nanoseconds


class ExportFormat(StrEnum):
    """File formats of waveforms."""

    MSEED2 = "mseed2"
    MSEED3 = "mseed3"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """A window of some channels in one format.

    Attributes
    ----------
    channels
        Streams or channels, with shell patterns, as ``XX.TWR01.*.HN``.
    start_ns, end_ns
        Samples with ``start_ns <= time < end_ns``. [ns since 1970]

    Raises
    ------
    ValueError
        If the window is empty or no channel is named.
    """

    channels: tuple[str, ...]
    start_ns: int
    end_ns: int
    format: ExportFormat = ExportFormat.MSEED2

    def __post_init__(self) -> None:
        if self.end_ns <= self.start_ns:
            raise ValueError(
                f"the window ends at {iso_nanoseconds(self.end_ns)}, not after its start"
            )
        if not self.channels:
            raise ValueError("name at least one stream or channel, as XX.TWR01.*.HN")
