"""The site: ground, tower, weather and slow movements, one frame of true motion after another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plumbline.simulator.acts import Act, Wind
from plumbline.simulator.arrays import Floats
from plumbline.simulator.building import Sway, uniform_building
from plumbline.simulator.noise import BandNoise
from plumbline.simulator.passing import Passing
from plumbline.simulator.spec import StructureSpec
from plumbline.simulator.staging import SITE_RATE_HZ, lay, motion, ramps
from plumbline.simulator.weather import Weather
from plumbline.simulator.wind import Gusts, push_shape
from plumbline.wire.block import NS


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionFrame:
    """True motion of every level over one stretch of time.

    Attributes
    ----------
    start
        Index of the first sample since the site began, at ``SITE_RATE_HZ``.
    start_ns
        True UTC time of that sample. [ns since 1970]
    accel_ms2
        By level: linear acceleration east, north, up, shape ``(3, n)``. [m/s²]
    tilt_rad
        By level: tilt, top toward east and north, shape ``(2, n)``. [rad]
    temp_c
        Air temperature. [°C]
    """

    start: int
    start_ns: int
    accel_ms2: dict[int, Floats]
    tilt_rad: dict[int, Floats]
    temp_c: float

    @property
    def n(self) -> int:
        """Samples in the frame."""
        return int(next(iter(self.accel_ms2.values())).shape[1])


class Site:
    """A tower on its ground, stepped frame by frame; the same seeds give the same motion.

    Parameters
    ----------
    structure
        What stands there.
    levels
        Levels to report, 0 the ground.
    acts
        What happens and when.
    start_ns
        True UTC time of the first sample. [ns since 1970]
    frame_s
        Length of a frame: short for real time, long for simulated days. [s]
    """

    def __init__(
        self,
        structure: StructureSpec,
        levels: Sequence[int],
        acts: Sequence[Act],
        *,
        start_ns: int,
        frame_s: float = 0.1,
    ) -> None:
        self._structure = structure
        self._levels = tuple(sorted(set(levels)))
        self._start_ns = start_ns
        self._frame_n = round(frame_s * SITE_RATE_HZ)
        self._next = 0
        seeds = np.random.SeedSequence(structure.seed).generate_state(8)
        self._quiet = BandNoise(
            int(seeds[0]),
            3,
            band_hz=(0.5, 30.0),
            rms=structure.ambient_gal * 0.01,
            rate_hz=SITE_RATE_HZ,
        )
        towers = [
            uniform_building(structure.storeys, first_period_s=period, damping=structure.damping)
            for period in structure.first_period_s
        ]
        self._sways = [
            Sway(tower, self._levels, SITE_RATE_HZ, push=push_shape(tower)) for tower in towers
        ]
        self._gusts = [
            Gusts(tower, roof_rms_gal=structure.wind_roof_gal, rate_hz=SITE_RATE_HZ, seed=int(seed))
            for tower, seed in zip(towers, seeds[1:3], strict=True)
        ]
        self._road = Passing(
            seed=int(seeds[3]),
            per_minute=structure.vehicles_per_minute,
            peak_gal=structure.vehicle_gal,
            walk=False,
        )
        self._walks = {
            level: Passing(
                seed=int(seeds[4]) + level, per_minute=structure.walks_per_minute,
                peak_gal=structure.walk_gal, walk=True,
            )
            for level in self._levels if level > 0
        }  # fmt: skip
        self._clips = [(round(act.start_s * SITE_RATE_HZ), motion(act)) for act in acts]
        self._winds = [act for act in acts if isinstance(act, Wind)]
        self._ramps = [ramp for act in acts for ramp in ramps(act)]
        self._weather = Weather()

    def next_frame(self) -> MotionFrame:
        """Step the site by one frame."""
        start, n = self._next, self._frame_n
        self._next += n
        t_s = (start + np.arange(n)) / SITE_RATE_HZ
        base = self._quiet.take(n) + self._road.accel_ms2(start, n, SITE_RATE_HZ)
        for at, clip in self._clips:
            lay(base, start, at, clip)
        strength = self._wind_strength(t_s)
        sway = [
            tower.accel_ms2(base[row], gust.take(strength))
            for row, (tower, gust) in enumerate(zip(self._sways, self._gusts, strict=True))
        ]
        accel: dict[int, Floats] = {}
        for index, level in enumerate(self._levels):
            # Columns are stiff: what moves the ground up and down moves every floor.
            accel[level] = np.stack([sway[0][index], sway[1][index], base[2]])
            if level in self._walks:
                accel[level] += self._walks[level].accel_ms2(start, n, SITE_RATE_HZ)
        start_ns = self._start_ns + round(start * NS / SITE_RATE_HZ)
        return MotionFrame(
            start=start,
            start_ns=start_ns,
            accel_ms2=accel,
            tilt_rad={level: self._tilt_rad(level, t_s, start_ns) for level in self._levels},
            temp_c=self._weather.temp_c(start_ns),
        )

    def _wind_strength(self, t_s: Floats) -> Floats:
        strength = np.ones_like(t_s)
        for spell in self._winds:
            knots = [spell.start_s, spell.start_s + spell.edge_s, spell.end_s - spell.edge_s]
            extra = np.interp(t_s, [*knots, spell.end_s], [0, 1, 1, 0])
            strength += (spell.strength - 1) * extra
        return strength

    def _tilt_rad(self, level: int, t_s: Floats, start_ns: int) -> Floats:
        # Frames warm up together with the air but two hours later (heat soaks into concrete).
        warm = self._weather.temp_c(start_ns, lag_s=7200.0) - self._weather.mean_c
        height = level / self._structure.storeys
        thermal = self._structure.thermal_urad_c * 1e-6 * warm * (0.2 + 0.8 * height)
        tilt = np.full((2, t_s.size), thermal)
        for levels, row, ramp in self._ramps:
            if not levels or level in levels:
                tilt[row] += ramp.at(t_s)
        return tilt
