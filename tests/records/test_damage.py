"""Damaged files: the file, the line and what to do are named; nothing is guessed."""

import numpy as np
import pytest
import record_makers as make

from plumbline.records import RecordError, Unit, read_records
from plumbline.records.errors import DamagedRecord, NotATimeSeries, UnitUnknown, UnknownFormat

X = np.round(np.sin(np.arange(53) / 3) * np.arange(53), 3)
TABLE = np.column_stack([X, X, X])


def spoiled(text, old, new):
    assert old in text
    return text.replace(old, new, 1)


# (what is wrong, contents, line it is on or None, words the complaint must have)
DAMAGED = {
    "cosmos, a value is no number": (
        spoiled(make.cosmos(X), "   0.000000e+00\n", "   0.0000xx+00\n"), 49, "not a number",
    ),
    "cosmos, cut in the middle of the values": (
        make.cosmos(X)[:-500], None, "ends",
    ),
    "cosmos, cut in the header": (make.cosmos(X)[:900], None, "ends"),
    "cosmos, a unit nobody knows": (make.cosmos(X, unit=(77, "furlong")), None, "unit code 77"),
    "cosmos, no interval": (
        make.cosmos(X, step_ms=-999.0, recorder_step_s=-999.0), None, "sampling interval",
    ),
    "csmip, fewer values than stated": (
        make.csmip_volume_1(X / 100).replace(f"{53:6d} Accel", f"{99:6d} Accel"), None, "ends",
    ),
    "csmip, more values than stated": (
        make.csmip_volume_1(X / 100).replace(f"{53:6d} Accel", f"{20:6d} Accel"), None,
        "more values",
    ),
    "smc, values are missing": (make.smc(X)[:-200], None, "ends"),
    "smc, a rate of nonsense": (make.smc(X, rate_hz=3e35), None, "sampling rate"),
    "jma, a row is short": (
        make.jma(TABLE).replace(b"0.000,0.000,0.000", b"0.000,0.000", 1), 8, "2 numbers where 3",
    ),
    "jma, no rate": (make.jma(TABLE, rate="?"), 1, "SAMPLING RATE"),
    "jma, a unit nobody knows": (make.jma(TABLE, unit="furlong"), 1, "FURLONG"),
    "cwb, no values": (make.cwb(np.zeros((0, 4))), None, "no numbers"),
    "cwb, no rate": (
        make.cwb(np.zeros((5, 4))).replace("#SampleRate(Hz): 200", "#SampleRate(Hz): ?"), None,
        "SampleRate",
    ),
    "geonet, cut in the values": (make.geonet(X)[:-90], None, "ends"),
    "esm, another count than stated": (make.esm(X, NDATA="99"), None, "99"),
    "esm, no unit": (make.esm(X, UNITS=""), 1, "UNITS"),
    "esm, no interval": (make.esm(X, SAMPLING_INTERVAL_S=""), 1, "SAMPLING_INTERVAL_S"),
    "esm, a word among the values": (
        make.esm(X).replace("0.327000", "zero.three"), 16, "not a number",
    ),
    "openeew, half a packet": (make.openeew(3)[:-40], 3, "not an OpenEEW packet"),
    "openeew, axes of two lengths": (
        spoiled(make.openeew(2), '"y": [0.5, ', '"y": ['), 1, "samples in one packet",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGED)
def test_damage_is_named_with_its_file_and_line(what, tmp_path):
    content, line, words = DAMAGED[what]
    path = tmp_path / "damaged.dat"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("latin-1"))
    with pytest.raises(DamagedRecord) as caught:
        read_records([path])
    assert str(path) in str(caught.value)
    assert words in str(caught.value)
    if line is not None:
        assert caught.value.line == line


@pytest.mark.parametrize(
    "content",
    [
        "Response spectra   (Format v01.20 with 13 text lines)\n",
        "Response and Fourier amplitude spectra (78 periods)\nCorrected accelerogram\n",
        "5 RESPONSE SPECTRA\n" + "*\n" * 80,
        make.esm(X, DATA_TYPE="ACCELERATION RESPONSE SPECTRUM"),
    ],
)
def test_spectra_are_not_taken_for_a_record(content, tmp_path):
    path = tmp_path / "spectra.dat"
    path.write_text(content)
    with pytest.raises(NotATimeSeries, match="not a record"):
        read_records([path])


def test_an_unknown_file_is_told_what_would_make_it_known(tmp_path):
    path = tmp_path / "what.txt"
    path.write_text("1 2 3\n4 5 6\n")
    with pytest.raises(UnknownFormat, match="--rate and --columns"):
        read_records([path])


@pytest.mark.parametrize(("name", "content"), [("empty.dat", b""), ("missing.dat", None)])
def test_a_file_that_is_not_there_is_named(name, content, tmp_path):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecordError, match=name):
        read_records([path])


def test_counts_do_not_become_metres_by_themselves(tmp_path):
    path = tmp_path / "v0.dat"
    path.write_text(make.cosmos(X, stage=0, unit=(50, "counts")))
    (record,) = read_records([path])
    with pytest.raises(UnitUnknown, match="--units"):
        record.si()
    (told,) = read_records([path], unit=Unit.GAL)
    np.testing.assert_allclose(told.si(), X / 100, atol=1e-6)


def test_a_stated_unit_is_not_overruled(tmp_path):
    path = tmp_path / "v1.dat"
    path.write_text(make.cosmos(X))
    assert read_records([path], unit=Unit.G)[0].unit is Unit.GAL
