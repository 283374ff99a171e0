"""Structure to replay: nodes with their motion, whatever files it came from."""

from dataclasses import dataclass

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.wire.block import NS
from plumbline.wire.inventory import Role


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReplayPiece:
    """Motion of one node without a gap.

    Attributes
    ----------
    start_ns
        Time of the first sample. [ns since 1970]
    rate_hz
        Rate at which the samples really came. [Hz]
    accel_ms2
        Shape ``(n_axes, n_samples)``, offset and all. [m/s2]
    """

    start_ns: int
    rate_hz: float
    accel_ms2: Floats

    @property
    def n_samples(self) -> int:
        """Number of samples of each axis."""
        return int(self.accel_ms2.shape[1])

    @property
    def end_ns(self) -> int:
        """Time at which the next sample would be due. [ns since 1970]"""
        return self.time_ns(self.n_samples)

    def time_ns(self, index: int) -> int:
        """Return the time of a sample. [ns since 1970]"""
        return self.start_ns + round(index * NS / self.rate_hz)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReplayNode:
    """One instrument of a structure.

    Attributes
    ----------
    code
        Two letters or digits.
    name
        Where it stands, in the giver's words.
    role
        What it is to the structure.
    level
        Height order; 0 where it is not known.
    axes
        Channels in the giver's words, one a row.
    vertical
        Row of the axis that points up; None where none does or it is not known.
    rate_hz
        Rate that the detectors assume. [Hz]
    offset_ms2
        What counts as zero, one an axis. [m/s2]
    pieces
        In order of time.
    """

    code: str
    name: str
    role: Role
    level: int
    axes: tuple[str, ...]
    vertical: int | None
    rate_hz: float
    offset_ms2: Floats
    pieces: tuple[ReplayPiece, ...]

    @property
    def ground(self) -> bool:
        """Whether it sits on the ground."""
        return self.role in (Role.GROUND, Role.FREE_FIELD)

    @property
    def peak_ms2(self) -> float:
        """Largest distance from zero of any axis. [m/s2]"""
        away = (np.abs(p.accel_ms2 - self.offset_ms2[:, np.newaxis]).max() for p in self.pieces)
        return float(max(away))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReplayStructure:
    """Structure of a replay: nodes with their motion, detected upon as one.

    Attributes
    ----------
    code
        At most five letters or digits.
    name
        In the giver's words.
    nodes
        At least one.
    timed
        Whether the files say when it was; if not, they begin together at an arbitrary time.
    by_shape
        The unit is not known: the size was chosen, so only the shape is judged.
    files
        Names of the files.
    notes
        What had to be decided, in words for the user.
    """

    code: str
    name: str
    nodes: tuple[ReplayNode, ...]
    timed: bool
    by_shape: bool
    files: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def start_ns(self) -> int:
        """Time of the first sample of any node. [ns since 1970]"""
        return min(node.pieces[0].start_ns for node in self.nodes)

    @property
    def end_ns(self) -> int:
        """End of the last one. [ns since 1970]"""
        return max(node.pieces[-1].end_ns for node in self.nodes)

    @property
    def grounds(self) -> tuple[ReplayNode, ...]:
        """Nodes on the ground, or all where none is known to be."""
        return tuple(node for node in self.nodes if node.ground) or self.nodes
