"""The live stage: follows the journal from its end and keeps what the page shows."""

from collections.abc import Sequence

from plumbline.collector.health.channel_status import ChannelWatch
from plumbline.collector.journal.entry import Entry
from plumbline.collector.stages.live.waveform_buffer import WaveformBuffer


class LiveStage:
    """Keeps nothing on disk: after a restart the page fills again within a minute."""

    name = "live"

    def __init__(
        self,
        *,
        start: int,
        waves: WaveformBuffer,
        channels: ChannelWatch,
    ) -> None:
        self._cursor = start
        self._waves = waves
        self._channels = channels

    def cursor(self) -> int:
        """Journal offset from which to go on."""
        return self._cursor

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Show some blocks."""
        for entry in entries:
            block = entry.block()
            if not entry.held_out:
                self._waves.see(block)
                self._channels.update(block, entry.received_ns)
        self._cursor = entries[-1].next_offset

    def idle(self, now_ns: int) -> None:
        """Nothing to do without new blocks."""

    def close(self) -> None:
        """Nothing to let go of."""
