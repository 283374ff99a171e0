"""Thresholds of the evidence; ours, fitted on the records of docs/detectors.md, not a standard."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifySettings:
    """What counts as what.

    Attributes
    ----------
    moving_ratio
        A node moves when its loudest half second is this many times its rest. [1]
    moving_ms2, surely_ms2
        ... and at least the first, rms; from the second on it moves whatever it did before.
        [m/s2]
    active_share
        A half second is active from this share of the loudest on. [1]
    still_ratio, still_ms2
        The ground is still when it moves at most this share of the structure, and at most so
        much, rms. [1, m/s2]
    low_hz, high_hz
        Earthquakes and sway lie below the lower, blows and vehicles above the upper; each
        share of energy is counted between 0.1 Hz and the upper corner of the rate. [Hz]
    far_share, near_share
        Least share of energy below ``low_hz``, and below ``high_hz``, for an earthquake. [1]
    coda_s, coda_ratio
        A coda lasts so long, and so many times longer than the motion rose. [s, 1]
    high_share
        Least share above ``high_hz`` for blows, machines, vehicles and feet. [1]
    narrow_share, sway_hz, machine_hz
        Least share of energy within a tenth of one frequency for a single tone; sway is one
        below ``sway_hz``, a machine one above ``machine_hz``. [1, Hz]
    steady
        Least ratio of quiet to loud half seconds for motion that goes on. [1]
    lasting_s, long_s, passing_s
        Shaking lasts at least the first, sway the second; a pass the third at most. [s]
    blows, regularity, blow_depth, blow_low_share
        Bursts it takes to call them repeated; largest spread of their intervals, relative;
        between them the motion falls to this share; less than this share of all energy is
        slower than ``low_hz``. [count, 1, 1, 1]
    step_hz
        Cadence of walking, slowest and fastest. [Hz]
    feet_ms2
        Feet move a floor this much at most. [m/s2]
    stuck_share, spike_share, axis_ratio, jump_ratio, jump_share, hum_ms2
        A channel is stuck with this share of samples equal to the one before; spikes when single
        samples carry this share of the energy; alone when it is so many times louder than
        the rest of its instrument; has jumped when its mean moved by so many times the
        motion on both sides and by this share of its largest value; hums with so much above 20 Hz
        at rest. [1, 1, 1, 1, 1, m/s2]
    least, lead
        Points a cause needs, and by how many it must lead the next. [points]
    """

    moving_ratio: float = 3.0
    moving_ms2: float = 0.0008
    surely_ms2: float = 0.01
    active_share: float = 0.15
    still_ratio: float = 0.12
    still_ms2: float = 0.003
    low_hz: float = 1.0
    high_hz: float = 5.0
    far_share: float = 0.3
    near_share: float = 0.2
    coda_s: float = 10.0
    coda_ratio: float = 4.0
    high_share: float = 0.85
    narrow_share: float = 0.5
    sway_hz: float = 1.5
    machine_hz: float = 10.0
    steady: float = 0.1
    lasting_s: float = 5.0
    long_s: float = 20.0
    passing_s: float = 25.0
    blows: int = 5
    regularity: float = 0.25
    blow_depth: float = 0.4
    blow_low_share: float = 0.5
    step_hz: tuple[float, float] = (1.4, 2.6)
    feet_ms2: float = 0.5
    stuck_share: float = 0.5
    spike_share: float = 0.5
    axis_ratio: float = 30.0
    jump_ratio: float = 3.0
    jump_share: float = 0.2
    hum_ms2: float = 0.015
    least: float = 3.0
    lead: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.low_hz < self.high_hz:
            raise ValueError(f"need 0 < low_hz < high_hz, not {self.low_hz}, {self.high_hz}")
        if not self.step_hz[0] < self.step_hz[1]:
            raise ValueError(f"need a slowest and a fastest cadence, not {self.step_hz}")
