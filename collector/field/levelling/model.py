"""A levelling run: one surveyor, one day, from one benchmark and back to it."""

from dataclasses import dataclass

from plumbline.analysis.settlement.stability import Closure, closure


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelReading:
    """The level of one point.

    Attributes
    ----------
    point
        Name of the point.
    level_mm
        Height, positive up. [mm]
    """

    point: str
    level_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LevellingRun:
    """The levels of one run, in the order they were read.

    Attributes
    ----------
    date_ns
        When. [ns since 1970, UTC]
    benchmark
        The point the run starts from.
    surveyor
        Who.
    levels
        The levels, the benchmark's own among them where it was read.
    length_km, setups
        Length of the run and number of instrument setups, where stated. [km]
    """

    date_ns: int
    benchmark: str
    surveyor: str
    levels: tuple[LevelReading, ...]
    length_km: float | None = None
    setups: int | None = None

    def __post_init__(self) -> None:
        if not self.levels:
            raise ValueError("a run holds at least one level")
        for name in ("benchmark", "surveyor"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name}: must be named")

    @property
    def points(self) -> tuple[LevelReading, ...]:
        """The levels of everything but the run's own benchmark."""
        return tuple(level for level in self.levels if level.point != self.benchmark)

    def closure(self, allowed_mm: float | None = None) -> Closure | None:
        """Return the closure error beside what is allowed; ``None`` for an open run.

        A run closes on its benchmark: read at the start and read again at the end. Without
        the run's length or setups, one setup a level is assumed: the strictest reading.

        Parameters
        ----------
        allowed_mm
            The project's own limit. [mm]
        """
        own = [level.level_mm for level in self.levels if level.point == self.benchmark]
        if len(own) < 2:
            return None
        return self._apart(own[0], own[-1], allowed_mm)

    def disagreement(self, allowed_mm: float | None = None) -> tuple[str, float] | None:
        """Return a point whose readings in this run differ by more than may be, and by how much.

        Parameters
        ----------
        allowed_mm
            The project's own limit; else that of the run's closure. [mm]
        """
        readings: dict[str, list[float]] = {}
        for level in self.points:
            readings.setdefault(level.point, []).append(level.level_mm)
        spread, point = max(
            ((max(each) - min(each), name) for name, each in readings.items()), default=(0.0, "")
        )
        if spread == 0.0 or self._apart(0, spread, allowed_mm).closes:
            return None
        return point, spread

    def _apart(self, first_mm: float, last_mm: float, allowed_mm: float | None) -> Closure:
        """Return how far two levels of one mark are apart, beside what the run allows."""
        setups = self.setups if self.setups is not None else len(self.levels) - 1
        return closure(
            first_mm, last_mm, length_km=self.length_km, setups=setups, allowed_mm=allowed_mm
        )
