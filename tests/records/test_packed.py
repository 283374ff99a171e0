"""Packed files are read as if they lay there unpacked, and named by their pack."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import numpy as np
import pytest
import record_makers as make

from plumbline.records import RecordError, read_each, read_records
from plumbline.records.errors import UnknownFormat

X = np.round(np.sin(np.arange(25) / 3) * np.arange(25), 3)
SMC, ESM = make.smc(X).encode("latin-1"), make.esm(X).encode()


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in files.items():
            pack.writestr(name, content)
    return path


def taped(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tape:
        for name, content in files.items():
            item = tarfile.TarInfo(name)
            item.size = len(content)
            tape.addfile(item, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize("squeeze", [gzip.compress, bz2.compress, lzma.compress])
def test_one_packed_file_is_the_record_in_it(squeeze, tmp_path):
    path = tmp_path / "motion.smc.packed"
    path.write_bytes(squeeze(SMC))
    (record,) = read_records([path])
    np.testing.assert_allclose(record.values, X, rtol=1e-3)  # four figures are written
    assert record.source == path


def test_every_record_of_a_zip_is_read_and_named_by_it(tmp_path):
    path = zipped(tmp_path / "event.zip", {"day/a.smc": SMC, "b.asc": ESM})
    assert [r.source for r in read_records([path])] == [path / "day" / "a.smc", path / "b.asc"]


def test_a_tape_in_a_zip_is_unpacked_too(tmp_path):
    path = zipped(tmp_path / "event.zip", {"A.tgz": taped({"a.smc": SMC, "b.asc": ESM})})
    assert len(read_records([path])) == 2


def test_plain_columns_may_be_packed(tmp_path):
    path = tmp_path / "motion.txt.gz"
    path.write_bytes(gzip.compress(b"1 2\n3 4\n5 6\n"))
    x, y = read_records([path], columns=["x", "y"], rate_hz=100)
    assert (x.station, x.values.tolist(), y.values.tolist()) == ("motion", [1, 3, 5], [2, 4, 6])


def test_a_leaflet_in_a_pack_is_passed_over_and_noted(tmp_path):
    path = zipped(tmp_path / "event.zip", {"README": b"Thanks", "a.smc": SMC, "__MACOSX/x": b"?"})
    (record,) = read_records([path])
    assert record.notes[-1] == "in event.zip passed over: README"


def test_a_damaged_record_in_a_pack_is_named_and_costs_the_others_nothing(tmp_path):
    path = zipped(tmp_path / "event.zip", {"cut.smc": SMC[:-200], "b.asc": ESM})
    reading = read_each([path])
    assert [r.source.name for r in reading.records] == ["b.asc"]
    (problem,) = reading.problems
    assert str(problem).startswith(f"{path / 'cut.smc'}:")


def test_a_pack_without_any_record_says_what_it_holds(tmp_path):
    with pytest.raises(UnknownFormat, match=r"event\.zip: holds nothing a reader knows \(a, b\)"):
        read_records([zipped(tmp_path / "event.zip", {"a": b"words", "b": b"more"})])


@pytest.mark.parametrize("cut", [40, -30])
def test_a_pack_that_cannot_be_unpacked_is_named(cut, tmp_path):
    path = tmp_path / "motion.gz"
    path.write_bytes(gzip.compress(SMC)[:cut])
    with pytest.raises(RecordError, match=r"motion\.gz: cannot be unpacked"):
        read_records([path])


def test_no_name_leads_out_of_the_pack(tmp_path):
    path = tmp_path / "event.zip"
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("../../a.smc", SMC)
    (record,) = read_records([path])
    assert record.source == path / "a.smc"


def test_one_bad_file_costs_the_others_nothing(tmp_path):
    (tmp_path / "good.smc").write_bytes(SMC)
    (tmp_path / "bad.asc").write_bytes(ESM[:-40])
    paths = [tmp_path / name for name in ("bad.asc", "good.smc", "missing.smc")]
    reading = read_each([*paths, tmp_path])
    assert [record.source.name for record in reading.records] == ["good.smc"]
    assert sorted(str(one).split(":")[0] for one in reading.problems) == sorted(
        str(path) for path in (paths[0], paths[2], tmp_path)
    )
