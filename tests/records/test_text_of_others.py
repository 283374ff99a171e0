"""A record that went through a mailer, an editor or a spreadsheet is still the record it was."""

import numpy as np
import pytest
import record_makers as make

from plumbline.records import read_records

X = np.round(np.sin(np.arange(25) / 3) * np.arange(25), 3)
MADE = {
    "cosmos": make.cosmos(X),
    "csmip volume 2": make.csmip_volume_2(X, X, X),
    "renadic": make.csmip_volume_1(X, unit="g/10", pairs=True, renadic=True),
    "smc": make.smc(X),
    "jma": make.jma(np.column_stack([X, X, X])).decode("cp932"),
    "cwb": make.cwb(np.column_stack([X, X, X, X])),
    "geonet": make.geonet(X),
    "esm": make.esm(X),
    "openeew": make.openeew(3),
}
HANDLED = {
    "with a byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "as UTF-16": lambda text: text.encode("utf-16"),
    "with DOS line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "with line ends doubled by a transfer": lambda text: text.replace("\n", "\r\r\n").encode(),
    "with line ends of an old Macintosh": lambda text: text.replace("\n", "\r").encode(),
    "with blank lines around": lambda text: b"\n \n" + text.encode() + b"\n\n  \n",
    "filled up with zeros": lambda text: text.encode() + bytes(300),
    "with the end mark of DOS": lambda text: text.encode() + b"\x1a",
}


@pytest.mark.parametrize("how", HANDLED)
@pytest.mark.parametrize("name", MADE)
def test_what_was_done_to_the_text_changes_no_sample(name, how, tmp_path):
    text = MADE[name].replace("\r\n", "\n")
    (tmp_path / "plain.dat").write_bytes(text.encode())
    (tmp_path / "handled.dat").write_bytes(HANDLED[how](text))
    plain = read_records([tmp_path / "plain.dat"])
    handled = read_records([tmp_path / "handled.dat"])
    assert len(handled) == len(plain)
    for one, other in zip(handled, plain, strict=True):
        np.testing.assert_array_equal(one.values, other.values)
        assert (one.station, one.place, one.start_ns) == (
            other.station,
            other.place,
            other.start_ns,
        )


def test_jma_text_says_the_same_name_in_both_encodings(tmp_path):
    raw = make.jma(np.column_stack([X, X, X]))
    (tmp_path / "sjis.csv").write_bytes(raw)
    (tmp_path / "utf8.csv").write_bytes(raw.decode("cp932").encode())
    names = {read_records([tmp_path / name])[0].place for name in ("sjis.csv", "utf8.csv")}
    assert len(names) == 1
    assert not any("\ufffd" in name for name in names)
