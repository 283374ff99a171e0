"""Live stage: the newest waveforms and channel states for the page, from the journal's end."""

from collections.abc import Sequence

from plumbline.collector.health.channel_status import ChannelWatch
from plumbline.collector.journal.entry import Entry
from plumbline.collector.stages.live.waveform_buffer import WaveformBuffer


class LiveStage:
    """Fills what the page shows; nothing is on disk, after a restart it fills within a minute."""

    name = "live"
    backfills = True

    def __init__(
        self,
        *,
        start: int,
        waveforms: WaveformBuffer,
        channels: ChannelWatch,
    ) -> None:
        self._cursor = start
        self._waveforms = waveforms
        self._channels = channels

    def cursor(self) -> int:
        """Journal offset from which to go on."""
        return self._cursor

    def journal_id(self) -> str | None:
        """Return nothing: a cursor that is never stored belongs to the journal that is open."""
        return None

    def resume_at(self, first_offset: int, now_ns: int) -> None:
        """Go on from the oldest entry there is."""
        self._cursor = first_offset

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Show some blocks."""
        for entry in entries:
            block = entry.block()
            if not entry.held_out:
                self._waveforms.feed(block)
                self._channels.update(block, entry.received_ns)
        self._cursor = entries[-1].next_offset

    def idle(self, now_ns: int) -> None:
        """Nothing to do without new blocks."""

    def close(self) -> None:
        """Nothing to let go of."""
