"""A limit curve: how fast a stated place may move at a stated frequency, by a stated standard."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from plumbline.analysis.limit_standing import Provenance


class Location(StrEnum):
    """Where the instrument stands in the building."""

    FOUNDATION = "foundation"
    TOP_FLOOR = "top-floor"
    FLOOR_SLAB = "floor-slab"
    PIPE = "pipe"


class Duration(StrEnum):
    """How often the vibration comes back, in the words of the standards.

    DIN 4150-3, BS 7385-2 and Notification 37 know ``SHORT`` (no fatigue, no resonance) and ``LONG``
    (everything else); SN 640 312a knows the other three.
    """

    SHORT = "short"
    LONG = "long"
    OCCASIONAL = "occasional"
    FREQUENT = "frequent"
    PERMANENT = "permanent"


class CurveCheck(StrEnum):
    """Which motion is held against the curve."""

    EACH_COMPONENT = "largest of the three components"
    HORIZONTAL = "larger horizontal component"
    VERTICAL = "vertical component"
    VECTOR_SUM = "peak of the vector sum"


class NoLimitError(LookupError):
    """The standard gives no value for this case; the text says which case it does cover."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitCurve:
    """One line of one standard.

    Attributes
    ----------
    standard
        Short name, as the command line takes it.
    line
        Row of the standard's table.
    building
        What the row is for, in words.
    location, duration, judged
        Which case the row covers, and which motion is compared.
    points
        Corners ``(frequency_hz, limit_mms)`` joined by straight lines on a linear frequency axis;
        two corners at one frequency make a step, and the lower one holds at the step itself.
    from_hz
        Below this frequency the standard says nothing. [Hz]
    provenance
        Source, edition and standing.

    Raises
    ------
    ValueError
        If the corners do not rise in frequency or a limit is not positive.
    """

    standard: str
    line: str
    building: str
    location: Location
    duration: Duration
    checked_by: CurveCheck
    points: tuple[tuple[float, float], ...]
    from_hz: float = 1.0
    provenance: Provenance

    def __post_init__(self) -> None:
        if any(right[0] < left[0] for left, right in pairwise(self.points)):
            raise ValueError("points: frequencies must not fall")
        if not self.points or any(limit <= 0 for _, limit in self.points):
            raise ValueError("points: every limit must be above zero")

    @property
    def lowest_mms(self) -> float:
        """Smallest limit at any frequency. [mm/s]"""
        return min(limit for _, limit in self.points)

    def limit_mms(self, frequency_hz: float) -> float:
        """Return the limit at a frequency; beyond the last corner its value holds. [mm/s]

        Raises
        ------
        NoLimitError
            Below ``from_hz``.
        """
        if frequency_hz < self.from_hz:
            raise NoLimitError(
                f"{self.standard} says nothing below {self.from_hz:g} Hz, "
                f"and this is {frequency_hz:.3g} Hz"
            )
        at = []
        for (f0, v0), (f1, v1) in pairwise(self.points):
            if f0 <= frequency_hz <= f1:
                share = 0.0 if f1 == f0 else (frequency_hz - f0) / (f1 - f0)
                at.append(v0 + share * (v1 - v0))
        if at:
            return min(at)
        return self.points[0][1] if frequency_hz < self.points[0][0] else self.points[-1][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A standard as the set of its curves.

    Attributes
    ----------
    name, title
        Short name for the command line, and full title.
    curves
        Every curve it gives.
    """

    name: str
    title: str
    curves: tuple[LimitCurve, ...]

    def lines(self) -> dict[str, str]:
        """Return the rows of the table and what each is for."""
        return {curve.line: curve.building for curve in self.curves}

    def curve(
        self,
        line: str,
        location: Location = Location.FOUNDATION,
        duration: Duration | None = None,
    ) -> LimitCurve:
        """Return the curve of one case; without a duration, the first one the standard gives.

        Raises
        ------
        NoLimitError
            If the standard has no such row, or no value for that place and duration.
        """
        rows = [curve for curve in self.curves if curve.line == line]
        if not rows:
            known = "; ".join(f"{key} = {text}" for key, text in self.lines().items())
            raise NoLimitError(f"{self.name} has no line {line!r}; it has {known}")
        for curve in rows:
            if curve.location is location and duration in (None, curve.duration):
                return curve
        cases = ", ".join(f"{curve.location}/{curve.duration}" for curve in rows)
        wanted = f"{location}/{duration}" if duration else str(location)
        raise NoLimitError(f"{self.name} line {line} gives no value for {wanted}; it gives {cases}")
