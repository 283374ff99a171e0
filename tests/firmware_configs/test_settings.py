"""Every instrument's folder is whole, and its settings agree with physics and with each other."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pytest
from pydantic import Field

from plumbline.simulator.instruments import BAUD, INSTRUMENTS
from plumbline.simulator.spec import InstrumentSpec, RigSpec
from plumbline.wire.identity import code_problem
from plumbline.wire.inventory import Unit
from plumbline.wire.settings import Settings, read_settings

FOLDER = Path(__file__).resolve().parents[2] / "firmware_configs"
NAMES = sorted(p.name for p in FOLDER.iterdir() if p.is_dir() and not p.name.startswith("_"))
G = 9.80665
Positive = Annotated[float, Field(gt=0)]


class LineDefaults(Settings):
    baud: int
    baud_allowed: tuple[int, ...]
    format: Literal["8N1"]
    protocol: str


class ClockDefaults(Settings):
    counter: Literal["samples", "milliseconds", "none"]
    counter_bits: int | None = None
    largest_error_ppm: Positive


class StreamDefaults(Settings):
    name: str
    stream: str
    rate_hz: Positive
    own_axes: str
    unit: Unit
    counts_per_unit: Positive
    full_scale: Positive
    noise_rms: Positive
    delay_s: Annotated[float, Field(ge=0)]
    fir_taps: int | None = None
    clipping_counts: tuple[int, int] | None = None


class DriverDefaults(Settings):
    instrument: str
    maker: str
    quantity: Literal["acceleration", "tilt"]
    line: LineDefaults
    clock: ClockDefaults
    stream: tuple[StreamDefaults, ...]


def defaults(name: str) -> DriverDefaults:
    return read_settings(FOLDER / name / "settings.toml", DriverDefaults)


def stream(name: str, code: str) -> StreamDefaults:
    return next(s for s in defaults(name).stream if s.stream == code)


def test_there_is_a_folder_for_every_instrument_the_simulator_speaks():
    assert set(NAMES) == set(INSTRUMENTS)


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_holds_page_settings_and_sample(name):
    assert {p.name for p in (FOLDER / name).iterdir()} >= {
        "README.md", "settings.toml", "sample.toml",
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_settings_load_and_are_of_their_folder(name):
    loaded = defaults(name)
    assert loaded.instrument == name
    assert loaded.line.baud in loaded.line.baud_allowed
    assert loaded.line.baud == BAUD[name]
    for entry in loaded.stream:
        assert code_problem("band_source", entry.stream) is None
        assert entry.noise_rms < entry.full_scale


@pytest.mark.parametrize("name", NAMES)
def test_settings_name_the_streams_the_simulated_instrument_sends(name):
    options = {"streams": [0, 1]} if name == "adxl355_node" else {}
    spec = InstrumentSpec(port="p", kind=name, node="00", options=options)
    facts = INSTRUMENTS[name](spec, RigSpec(instrument=(spec,)), 0).facts
    configured = {s.stream: (s.rate_hz, s.unit.value) for s in defaults(name).stream}
    assert configured == {f.stream.band_source: (f.rate_hz, f.unit) for f in facts}
    for fact in facts:
        scale = stream(name, fact.stream.band_source).counts_per_unit
        assert scale == pytest.approx(fact.counts_per_unit, rel=1e-7)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_names_its_driver_and_a_stream_it_has(name):
    sample = tomllib.loads((FOLDER / name / "sample.toml").read_text(encoding="utf-8"))
    (instrument,) = sample["instrument"]
    assert instrument["driver"] == name
    own = stream(name, instrument["stream"])
    assert sorted(instrument["map"]) == sorted(own.own_axes)
    assert len(instrument["axes"]) == len(own.own_axes)
    assert instrument["baud"] == defaults(name).line.baud


def test_the_adxl355_has_its_data_sheets_scale_noise_and_delay():
    for code, band_hz, delay_s in (("HN", 50, 0.10326), ("CN", 125, 0.00326)):
        entry = stream("adxl355_node", code)
        assert entry.counts_per_unit == pytest.approx(256_000 / G, rel=1e-9)
        assert entry.noise_rms == pytest.approx(22.5e-6 * np.sqrt(band_hz) * G, rel=1e-4)
        assert entry.full_scale == pytest.approx(2**19 / 256_000 * G, rel=1e-6)
        assert entry.delay_s == delay_s
        assert entry.clipping_counts == (-(2**19), 2**19 - 1)


def test_the_wt901_counts_half_a_milli_g():
    entry = stream("witmotion_wt901", "HN")
    assert 1 / entry.counts_per_unit / G * 1000 == pytest.approx(0.488, abs=5e-4)
    assert entry.full_scale == pytest.approx(16 * G, rel=1e-6)


def test_tiltmeters_count_their_last_printed_digit():
    assert 1 / stream("lily", "LA").counts_per_unit == pytest.approx(0.001)
    tuff = stream("tuff_tilt", "LA")
    assert 1 / tuff.counts_per_unit == pytest.approx(np.radians(0.001) * 1e6, rel=1e-9)
    assert tuff.full_scale == pytest.approx(np.radians(3) * 1e6, rel=1e-6)
