"""Modes of one quiet record, matched with the baseline: which they are, and which have shifted."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import numpy as np

from plumbline.analysis.modal import (
    Identified,
    ModalBaseline,
    ModalHealth,
    Shift,
    matched,
    modal_health,
    shift,
)
from plumbline.analysis.modal.learning import Seen, learned
from plumbline.analysis.modal.poles import Complexes
from plumbline.collector.jobs.modal.store import ModalWindow

FEWEST_SHARED = 2
"""Shapes are compared over the channels both have, never over fewer than this."""


class ModalResult(StrEnum):
    """Result of one window of modal tracking."""

    IDENTIFIED = "identified"
    SHAKEN = "an episode left no quiet record"
    SHORT = "too little data"


def modes_report(identified: Identified) -> list[dict[str, Any]]:
    """Return the modes as JSON, units in the keys."""
    return [
        {
            "frequency_hz": mode.frequency_hz,
            "frequency_spread_hz": mode.frequency_spread_hz,
            "damping": mode.damping,
            "presence": mode.presence,
            "shape": _pairs(mode.shape),
        }
        for mode in identified.modes
    ]


def baselines_report(baselines: Sequence[ModalBaseline], channels: Sequence[str]) -> dict[str, Any]:
    """Return baselines as JSON."""
    return {
        "channels": list(channels),
        "modes": [
            {
                "frequency_hz": one.frequency_hz,
                "at_c": one.at_c,
                "slope_hz_per_c": one.slope_hz_per_c,
                "sigma_hz": one.sigma_hz,
                "points": one.points,
                "range_c": list(one.range_c),
                "shape": _pairs(one.shape),
            }
            for one in baselines
        ],
    }


def baselines_of(stage: str, report: Mapping[str, Any]) -> list[ModalBaseline]:
    """Return baselines read from their JSON."""
    return [
        ModalBaseline(
            stage=stage,
            at_c=one["at_c"],
            frequency_hz=one["frequency_hz"],
            slope_hz_per_c=one["slope_hz_per_c"],
            sigma_hz=one["sigma_hz"],
            shape=_shape(one["shape"]),
            points=one["points"],
            range_c=(one["range_c"][0], one["range_c"][1]),
        )
        for one in report["modes"]
    ]


def baseline_from(stage: str, windows: Sequence[ModalWindow], wanted: int) -> dict[str, Any] | None:
    """Return the baseline of a stage once enough quiet windows agree; None until then.

    Windows made while it recovered from shaking do not count. Of windows with different channels
    those with the commonest set are used.
    """
    quiet = [window.body for window in windows if window.body["phase"] == "quiet"]
    sets = [tuple(body["channels"]) for body in quiet]
    channels = max(dict.fromkeys(sets), key=sets.count, default=())
    chosen = [body for body in quiet if tuple(body["channels"]) == channels]
    if len(chosen) < wanted:
        return None
    found = learned(stage, [_seen(body) for body in chosen])
    return baselines_report(found, channels) if len(found) > 1 else None


def compare(
    body: Mapping[str, Any],
    baseline: tuple[str, Mapping[str, Any]] | None,
    stage: str,
    since_shaking_s: float | None,
) -> tuple[ModalHealth, list[dict[str, Any] | None]]:
    """Compare the modes of a window with the baseline of its stage.

    Parameters
    ----------
    body
        Modes, channels and temperature of the window.
    baseline
        Stage and baseline; None while the stage has none.

    Returns
    -------
    tuple
        The verdict, and for each mode of the baseline what became of it; None where it was not
        found.
    """
    if baseline is None:
        return modal_health([], None, stage, since_shaking_s), []
    known = baselines_of(*baseline)
    names, own = baseline[1]["channels"], body["channels"]
    shared = [name for name in names if name in own]
    warm = body["temperature_c"]
    found: list[int | None] = [None] * len(known)
    if len(shared) >= max(FEWEST_SHARED, len(names) / 2) and body["modes"]:
        here = [own.index(name) for name in shared]
        there = [names.index(name) for name in shared]
        seen = _seen(body)
        found = matched(
            seen.frequency_hz,
            seen.shapes[:, here],
            np.array([one.expected_hz(warm) for one in known]),
            np.stack([one.shape[there] for one in known]),
        )
    shifts: list[Shift | None] = []
    tracked: list[dict[str, Any] | None] = []
    for one, at in zip(known, found, strict=True):
        if at is None:
            shifts.append(None)
            tracked.append(None)
            continue
        frequency_hz = body["modes"][at]["frequency_hz"]
        moved = shift(one, frequency_hz, warm)
        shifts.append(moved)
        tracked.append(
            {
                "found_hz": frequency_hz,
                "expected_hz": one.expected_hz(warm),
                "change": moved.relative,
                "guard": moved.guard,
                "beyond": moved.beyond,
                "extrapolated": moved.extrapolated,
            }
        )
    return modal_health(shifts, baseline[0], stage, since_shaking_s), tracked


def _seen(body: Mapping[str, Any]) -> Seen:
    modes = body["modes"]
    width = len(body["channels"])
    shapes = np.array([_shape(mode["shape"]) for mode in modes], dtype=np.complex128)
    return Seen(
        frequency_hz=np.array([mode["frequency_hz"] for mode in modes], dtype=np.float64),
        shapes=shapes.reshape(len(modes), width),
        temperature_c=body["temperature_c"],
    )


def _pairs(shape: Complexes) -> list[list[float]]:
    return [[float(value.real), float(value.imag)] for value in shape]


def _shape(pairs: Sequence[Sequence[float]]) -> Complexes:
    return np.array([complex(re, im) for re, im in pairs], dtype=np.complex128)
