"""LILY and Tuff Tilt print what such instruments were seen to print."""

import re

import numpy as np
import pytest
from specs import START_NS, STILL, frame, instrument, rig, run
from where import shared_data

from plumbline.simulator.acts import FarQuake, TiltRamp
from plumbline.simulator.instruments.lily import SimulatedLily
from plumbline.simulator.instruments.tuff_tilt import SimulatedTuffTilt, sim, xdr

NUMBER = r" *-?\d+\.\d"
SAMPLE = re.compile(
    rf"({NUMBER}{{3}}),({NUMBER}{{3}}),\d+\.\d\d,({NUMBER}\d),\d\d\.\d\d,(N\d+)\r\n"
)


def lines(spec, seconds):
    """Return the lines that hold samples."""
    return [(d.payload.decode(), d) for _, d in run(spec, seconds) if d.sent]


def watched(lily, seconds, tilt_urad=(0.0, 0.0)):
    """Let it see a steady tilt; leave the banner out."""
    lean = np.tile(np.array(tilt_urad)[:, None] * 1e-6, (1, 500 * seconds))
    return lily.observe(frame(np.zeros((3, 500 * seconds)), tilt=lean))[1:]


def test_at_power_on_they_end_what_was_on_the_line_before():
    for kind, first in (("lily", b"*APPLIED GEOMECHANICS LILY"), ("tuff_tilt", b"\r\n")):
        spec = rig(instrument(kind))
        delivery = run(spec, 5)[0][1]
        assert delivery.payload.startswith(first)
        assert delivery.payload.endswith(b"\r\n")
        assert not delivery.sent


def test_a_lily_prints_what_it_counts():
    found = lines(rig(instrument("lily", seed=2)), 20)
    assert len(found) >= 18
    for text, delivery in found:
        x, y, temp, serial = SAMPLE.fullmatch(text).groups()
        tilt, warmth = delivery.sent
        assert [round(float(v) * 1000) for v in (x, y)] == tilt.counts[:, 0].tolist()
        assert round(float(temp) * 100) == warmth.counts[0, 0]
        assert serial == "N9655"


def test_a_lily_behind_a_hub_prints_lines_like_the_observatorys():
    genuine = shared_data("lily-tiltmeter-ascii") / "lily_botpt_lines.txt"
    samples = [s for s in genuine.read_text().splitlines() if re.match(r"LILY,[^*]*,N\d+$", s)]
    made = [t.strip() for t, _ in lines(rig(instrument("lily", options={"style": "botpt"})), 10)]
    shape = [re.sub(r"\d", "9", s).replace("-", " ") for s in samples[:1]]
    assert len(samples) == 5
    for line in made:
        blank = re.sub(r"\d", "9", line).replace("-", " ")
        # Numbers have other lengths, right-aligned in fields of the same width.
        assert len(line) == len(samples[0])
        assert [m.start() for m in re.finditer(",", blank)] == [
            m.start() for m in re.finditer(",", shape[0])
        ]


def test_a_lily_rails_at_330_microradians():
    up = TiltRamp(start_s=5, seconds=5, total_urad=(500.0, -500.0))
    last = lines(rig(instrument("lily"), acts=(up,)), 20)[-1]
    assert last[1].sent[0].counts[:, 0].tolist() == [330_000, -330_000]
    assert last[0].startswith(" 330.000,-330.000,")


def test_shaking_of_half_a_gal_drives_a_lily_to_its_rails():
    far = FarQuake(start_s=2, seconds=60, peak_gal=2.0)
    seen = [abs(d.sent[0].counts[0, 0]) for _, d in lines(rig(instrument("lily"), acts=(far,)), 70)]
    assert max(seen) == 330_000
    assert max(seen[-3:]) < 100_000


def test_a_lily_told_to_level_says_so_and_starts_again_near_zero():
    lily = SimulatedLily(instrument("lily"), rig(instrument("lily")), START_NS)
    before = watched(lily, 5, (200.0, -150.0))
    (echo,) = lily.receive(b"*9900XY-LEVEL,1\r\n", START_NS)
    lily.observe(frame(np.zeros((3, 1)), start=2500))
    after = []
    for second in range(16):
        lean = np.tile(np.array([[200e-6], [-150e-6]]), (1, 500))
        after += lily.observe(frame(np.zeros((3, 500)), start=2501 + 500 * second, tilt=lean))
    words = [e.payload.decode() for e in after]
    assert echo.payload == b"*9900XY-LEVEL,1\r\n"
    assert sum(w.startswith("*") for w in words) == 12
    assert all(not e.sent for e in after if e.payload.startswith(b"*"))
    assert any(",,Switching to Y!11.96,N9655" in w for w in words)
    assert any(",,Leveled!11.96,N9655" in w for w in words)
    assert abs(before[-1].sent[0].counts[0, 0]) > 150_000
    assert np.abs(after[-1].sent[0].counts[:, 0]).max() < 5_000
    assert [note["what"] for note in lily.notes] == ["levelled"]


def test_a_lily_out_of_reach_of_its_motors_says_so():
    lily = SimulatedLily(
        instrument("lily", options={"relevel_after_s": 3}), rig(instrument("lily")), 0
    )
    lean = np.tile(np.array([[5e-3], [5e-3]]), (1, 500))
    text = ""
    for second in range(20):
        emitted = lily.observe(frame(np.zeros((3, 500)), start=500 * second, tilt=lean))
        text += "".join(e.payload.decode() for e in emitted)
    assert ",,X Axis out of range, switching to Y!11.96,N9655" in text
    assert ",,Y Axis out of range!11.96,N9655" in text


def test_a_lily_can_be_silenced_and_woken():
    lily = SimulatedLily(instrument("lily"), rig(instrument("lily")), START_NS)
    lily.receive(b"*9900XYC-O", 0)
    lily.receive(b"FF\r\n", 0)
    assert watched(lily, 5) == []
    lily.receive(b"*9900XYC2\r\n", 0)
    assert lily.observe(frame(np.zeros((3, 1500)), start=2500))


def test_the_time_of_a_reading_is_the_middle_of_its_burst():
    ramp = TiltRamp(start_s=0.0, seconds=40, total_urad=(300.0, 0.0))
    found = [d.sent[0] for _, d in lines(rig(instrument("lily", seed=5), acts=(ramp,)), 30)]
    seconds = np.array([s.times_ns[0] - START_NS for s in found]) / 1e9
    x = np.array([s.counts[0, 0] for s in found]) / 1000
    np.testing.assert_allclose(np.diff(seconds), 1.0, atol=1e-6)
    fit = np.polyfit(seconds, x, 1)
    assert fit[0] == pytest.approx(7.5, rel=1e-3)
    np.testing.assert_allclose(x, np.polyval(fit, seconds), atol=0.2)


# Lines of the manual and their checksums, from the reference.
@pytest.mark.parametrize(
    ("x", "y", "warm", "serial", "line"),
    [
        (-210, -920, 30_045, "N1212",
         "$YXXDR,A,-00.920,D,N,A,-00.210,D,E,C,030.045,C,T-N1212*57"),
        (-625, 34, 21_651, "N0000",
         "$YXXDR,A,000.034,D,N,A,-00.625,D,E,C,021.651,C,T-N0000*47"),
        (-624, 34, 21_675, "N0000",
         "$YXXDR,A,000.034,D,N,A,-00.624,D,E,C,021.675,C,T-N0000*40"),
    ],
)  # fmt: skip
def test_a_tuff_tilt_prints_the_manuals_xdr_lines(x, y, warm, serial, line):
    assert xdr(np.array([x, y], dtype=np.int32), warm, serial) == line


def test_a_tuff_tilt_prints_the_manuals_sim_line():
    printed = sim(np.array([-920, -210], dtype=np.int32), 30_045, "N1212")
    assert printed == "$-00.920,-00.210,030.045,N1212"


@pytest.mark.parametrize("style", ["SIM", "XDR"])
def test_a_tuff_tilt_prints_what_it_counts(style):
    spec = instrument("tuff_tilt", level=3, options={"format": style}, seed=4)
    lean = TiltRamp(start_s=0, seconds=5, total_urad=(2000.0, 0.0), levels=(3,))
    found = lines(rig(spec, acts=(lean,)), 20)
    first, last = (d.sent[0].counts[:, 0] for _, d in (found[0], found[-1]))
    moved_urad = (last - first) * np.pi / 180 / 1000 * 1e6
    np.testing.assert_allclose(moved_urad, [2000, 0], atol=500)
    x, y = (f"{c / 1000:07.3f}" for c in last)
    expected = f"${x},{y}," if style == "SIM" else f"$YXXDR,A,{y},D,N,A,{x},D,E,C,"
    assert found[-1][0].startswith(expected)
    assert found[-1][0].endswith("\r\n")


@pytest.mark.parametrize(("mount_urad", "is_level"), [(0, True), (20_000, False)])
def test_a_tuff_tilt_reads_how_far_off_level_it_was_screwed_on(mount_urad, is_level):
    spec = instrument("tuff_tilt", seed=4, options={"mount_urad": mount_urad})
    counts = np.hstack([d.sent[0].counts for _, d in lines(rig(spec), 8)])
    read_urad = np.abs(np.median(counts, axis=1)) * np.pi / 180 / 1000 * 1e6
    assert (read_urad.max() < 100) == is_level


def test_a_tuff_tilt_changes_its_format_when_told():
    tuff = SimulatedTuffTilt(instrument("tuff_tilt"), rig(instrument("tuff_tilt")), START_NS)
    tuff.receive(b"*9900SO-XDR\r\n", 0)
    emission = tuff.observe(frame(np.zeros((3, 700))))[-1]
    assert emission.payload.startswith(b"$YXXDR,")


def test_commands_are_case_sensitive_and_addressed():
    tuff = SimulatedTuffTilt(instrument("tuff_tilt"), rig(instrument("tuff_tilt")), START_NS)
    assert tuff.receive(b"*9900xyc-off\r\n*0700XYC-OFF\r\n", 0) == []
    assert STILL.ambient_gal == 0.0
