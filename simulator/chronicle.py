"""What happened and how strong it was, for the truth's list of events."""

from collections.abc import Iterator, Sequence

import numpy as np

from plumbline.simulator.acts import Act, Quake, Settlement, TiltRamp
from plumbline.simulator.site import MotionFrame
from plumbline.simulator.staging import SITE_RATE_HZ
from plumbline.wire.block import NS


class Chronicle:
    """Events of the acts: one when each begins and one when it is over, with what was true of it.

    Parameters
    ----------
    acts
        The timeline.
    start_ns
        True UTC time of second 0. [ns since 1970]
    """

    def __init__(self, acts: Sequence[Act], start_ns: int) -> None:
        self._start_ns = start_ns
        self._coming = sorted(acts, key=lambda act: act.start_s)
        self._running: list[tuple[Act, dict[int, float]]] = []

    def watch(self, frame: MotionFrame) -> Iterator[dict[str, object]]:
        """Yield what began or ended within a frame."""
        end_s = (frame.start + frame.n) / SITE_RATE_HZ
        while self._coming and self._coming[0].start_s < end_s:
            act = self._coming.pop(0)
            self._running.append((act, {}))
            yield {"what": "begin", **self._described(act)}
        for act, peaks in list(self._running):
            for level, accel in frame.accel_ms2.items():
                here = float(np.abs(accel).max()) * 100
                peaks[level] = max(peaks.get(level, 0.0), here)
            if act.end_s <= end_s:
                self._running.remove((act, peaks))
                yield {
                    "what": "end",
                    **self._described(act),
                    "peak_gal": {str(level): round(peak, 3) for level, peak in peaks.items()},
                }

    def _described(self, act: Act) -> dict[str, object]:
        event: dict[str, object] = {
            "kind": getattr(act, "kind", "act"),
            "onset_ns": self._start_ns + round(act.start_s * NS),
            "end_ns": self._start_ns + round(act.end_s * NS),
        }
        match act:
            case Quake():
                event["record"] = act.record.name
            case TiltRamp():
                event["total_urad"] = list(act.total_urad)
                event["levels"] = list(act.levels)
            case Settlement():
                event["settlement_mm"] = act.settlement_mm
                event["length_m"] = act.length_m
        return event
