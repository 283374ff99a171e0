"""Trigger banks: acceleration streams of one sampling rate fed together in one call."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.constants import STANDARD_GRAVITY_MS2
from plumbline.analysis.dsp.filters import bridge
from plumbline.analysis.trigger.shaking import ShakingBank, ShakingSettings
from plumbline.collector.stages.detection.frames import TriggerFrame, node_frames
from plumbline.collector.stages.detection.stream_sequence import Continuity, StreamSequence
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place

DENSITY_MS2 = 22.5e-6 * STANDARD_GRAVITY_MS2
"""Noise of an instrument whose inventory does not state it: an ADXL355. [m/s2/sqrt(Hz)]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankPiece:
    """Samples of one stream on their way into a bank.

    Attributes
    ----------
    number
        Number by which the caller knows its pieces.
    accel_ms2
        Samples that bridge a short gap, then the block, shape ``(n_axes, n)``. [m/s2]
    start_ns
        Time of the first of them. [ns since 1970]
    restart
        Whether the stream begins anew here.
    """

    number: int
    key: str
    accel_ms2: NDArray[np.float64]
    start_ns: int
    restart: bool


class Banks:
    """The triggers of every acceleration stream, each on its own clock.

    Parameters
    ----------
    places
        Acceleration streams by key.
    """

    def __init__(self, places: Mapping[str, Place], settings: ShakingSettings) -> None:
        self._places = places
        by_rate: dict[float, list[str]] = {}
        for key, place in places.items():
            by_rate.setdefault(place.instrument.rate_hz, []).append(key)
        self._banks: dict[float, ShakingBank] = {}
        self._rows: dict[str, NDArray[np.intp]] = {}
        for rate_hz, keys in by_rate.items():
            densities: list[float] = []
            for key in keys:
                n_axes = len(places[key].instrument.axes)
                self._rows[key] = np.arange(len(densities), len(densities) + n_axes)
                densities += [noise_density_ms2(places[key])] * n_axes
            self._banks[rate_hz] = ShakingBank(rate_hz, np.array(densities), settings)
        self.sequences = {key: StreamSequence() for key in places}

    def piece(self, number: int, block: Block) -> BankPiece | None:
        """Return a block as the next piece of its stream, or None if it came late."""
        key = block.stream.key
        sequence = self.sequences[key]
        continuity, n_missing = sequence.continuity(block)
        if continuity is Continuity.LATE:
            return None
        accel_ms2 = self._places[key].physical(block)
        first = accel_ms2[:, 0]
        if continuity is Continuity.GAP_BRIDGED:
            missing = bridge(np.array(sequence.last), first, n_missing)
            accel_ms2 = np.concatenate([missing, accel_ms2], axis=1)
        sequence.advance(block, accel_ms2[:, -1].tolist())
        return BankPiece(
            number=number,
            key=key,
            accel_ms2=accel_ms2,
            start_ns=block.start_ns - round(n_missing * NS / block.rate_hz),
            restart=continuity is Continuity.RESTART,
        )

    def feed(self, pieces: Iterable[BankPiece]) -> dict[int, list[TriggerFrame]]:
        """Take pieces in order and return the frames each completed, by its number."""
        rounds: list[list[BankPiece]] = []
        taken: dict[str, int] = {}
        for piece in pieces:
            at = taken.get(piece.key, 0)
            taken[piece.key] = at + 1
            if at == len(rounds):
                rounds.append([])
            rounds[at].append(piece)
        frames: dict[int, list[TriggerFrame]] = {}
        for together in rounds:
            self._feed_round(together, frames)
        return frames

    def _feed_round(
        self, pieces: Sequence[BankPiece], frames: dict[int, list[TriggerFrame]]
    ) -> None:
        """Feed at most one piece a stream: one call for all of the same shape and place."""
        groups: dict[tuple[float, int, int, int], list[BankPiece]] = {}
        for piece in pieces:
            rate_hz = self._places[piece.key].instrument.rate_hz
            bank, rows = self._banks[rate_hz], self._rows[piece.key]
            if piece.restart:
                bank.reseed(rows)
            held = int(bank.held(rows[:1])[0])
            groups.setdefault((rate_hz, held, *piece.accel_ms2.shape), []).append(piece)
        for (rate_hz, held, n_axes, _), group in groups.items():
            bank = self._banks[rate_hz]
            rows = np.concatenate([self._rows[piece.key] for piece in group])
            found = bank.feed(np.concatenate([piece.accel_ms2 for piece in group]), rows)
            if found.n_ticks == 0:
                continue
            held_ns = round(held * NS / rate_hz)
            starts = np.array([piece.start_ns - held_ns for piece in group], dtype=np.int64)
            grouped = node_frames(found, n_axes, starts, bank.tick_s, bank.motion.long_delay_s)
            frames.update(zip((piece.number for piece in group), grouped, strict=True))

    def band_report(self) -> dict[str, dict[str, str]]:
        """Return the bands as built, by sampling rate."""
        return {f"{rate:g} Hz": bank.motion.stated for rate, bank in self._banks.items()}

    def layout(self) -> list[Any]:
        """Return the streams, axes and rates that must agree for a snapshot to fit."""
        return [
            [key, len(rows), self._places[key].instrument.rate_hz]
            for key, rows in self._rows.items()
        ]

    def snapshot(self) -> dict[str, NDArray[Any]]:
        """Return the state of the banks; the sequences are saved apart."""
        return {
            f"{rate!r}/{name}": array
            for rate, bank in self._banks.items()
            for name, array in bank.snapshot().items()
        }

    def restore(
        self, arrays: Mapping[str, NDArray[Any]], layout: Sequence[Any], keys: Collection[str]
    ) -> None:
        """Take back what :meth:`snapshot` returned of some streams; the others begin anew.

        Parameters
        ----------
        layout
            What :meth:`layout` returned then; it has the streams with axes and rate as now.
        keys
            Streams to take back.

        Raises
        ------
        ValueError
            If the arrays are of another kind of bank.
        """
        then = _rows_of(layout)
        by_rate: dict[float, list[str]] = {}
        for key in keys:
            by_rate.setdefault(self._places[key].instrument.rate_hz, []).append(key)
        for rate, own in by_rate.items():
            bank = self._banks[rate]
            old = np.concatenate([then[key] for key in own])
            new = np.concatenate([self._rows[key] for key in own])
            state = bank.snapshot()
            for name, array in state.items():
                saved = arrays[f"{rate!r}/{name}"]
                if saved.shape[1:] != array.shape[1:]:
                    raise ValueError(f"the snapshot does not fit this bank: {name!r}")
                array[new] = saved[old]
            bank.restore(state)


def _rows_of(layout: Sequence[Any]) -> dict[str, NDArray[np.intp]]:
    """Return the rows that each stream of a layout has in the bank of its rate."""
    used: dict[float, int] = {}
    rows = {}
    for key, n_axes, rate_hz in layout:
        first = used.get(rate_hz, 0)
        rows[key] = np.arange(first, first + n_axes)
        used[rate_hz] = first + n_axes
    return rows


def noise_density_ms2(place: Place) -> float:
    """Return the noise density of an instrument, its counting included. [m/s2/sqrt(Hz)]."""
    instrument = place.instrument
    per_root_hz = np.sqrt(instrument.rate_hz / 2)
    counting = 1 / instrument.sensitivity / np.sqrt(12) / per_root_hz
    stated = DENSITY_MS2 if instrument.noise_rms is None else instrument.noise_rms / per_root_hz
    return float(np.hypot(stated, counting))
