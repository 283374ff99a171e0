"""Whatever happens to a file, a reader answers with records or with a RecordError."""

import numpy as np
import pytest
import record_makers as make
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plumbline.records import RecordError, read_records

X = np.round(np.sin(np.arange(25) / 3) * np.arange(25), 3)
MADE = {
    "cosmos": make.cosmos(X),
    "csmip volume 2": make.csmip_volume_2(X, X, X),
    "csmip volume 1": make.csmip_volume_1(X / 100),
    "renadic": make.csmip_volume_1(X, unit="g/10", pairs=True, renadic=True),
    "smc": make.smc(X),
    "jma": make.jma(np.column_stack([X, X, X])),
    "cwb": make.cwb(np.column_stack([X, X, X, X])),
    "geonet": make.geonet(X),
    "esm": make.esm(X),
    "openeew": make.openeew(3),
}


def whole(name):
    content = MADE[name]
    return content if isinstance(content, bytes) else content.encode("latin-1")


@pytest.mark.parametrize("name", MADE)
@given(draw=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_spoiled_file_is_read_or_refused_never_worse(name, draw, tmp_path):
    content = bytearray(whole(name))
    if draw.draw(st.booleans(), "cut"):
        content = content[: draw.draw(st.integers(1, len(content)), "at")]
    for _ in range(draw.draw(st.integers(0, 3), "changes")):
        at = draw.draw(st.integers(0, len(content) - 1), "where")
        content[at] = draw.draw(st.sampled_from(b"0 9-.xE\n,:{\xff\x00"), "to")
    path = tmp_path / "spoiled.dat"
    path.write_bytes(bytes(content))
    try:
        records = read_records([path])
    except RecordError as error:
        assert str(path) in str(error)
    else:
        assert all(np.isfinite(record.values).all() for record in records)
