"""The demonstration's earthquake is a real record, cut and scaled as it says."""

from pathlib import Path

import numpy as np
import pytest
from where import shared_data

from plumbline.demo.motion import GroundMotion, NoMotion, packaged_motion, recorded_motion
from plumbline.records import Unit


def test_the_packaged_record_is_scaled_and_says_so() -> None:
    motion = packaged_motion()
    assert motion.peak_gal == pytest.approx(60.0)
    assert any("scaled x13.7" in note for note in motion.notes)
    assert any(note.startswith("cut to") for note in motion.notes)


def test_a_cut_begins_5_s_before_1_gal_and_ends_10_s_after_d5_95() -> None:
    rate = 100.0
    accel = np.zeros((3, 10_000))
    burst = np.sin(2 * np.pi * np.arange(1_000) / 50) * 0.5
    accel[0, 4_000:5_000] = burst  # from 40 s to 50 s, constant amplitude: D5-95 ends at 49.5 s
    cut = GroundMotion(name="x", accel_ms2=accel, rate_hz=rate, notes=()).cut()
    assert cut.seconds == pytest.approx(59.5 - 35.0, abs=0.2)
    assert np.abs(cut.accel_ms2[0, : int(4.9 * rate)]).max() == 0


def test_motion_that_never_passes_1_gal_is_refused() -> None:
    weak = GroundMotion(name="weak", accel_ms2=np.full((3, 100), 1e-4), rate_hz=50.0, notes=())
    with pytest.raises(NoMotion, match="never passes 1 gal"):
        weak.cut()


def test_the_base_of_the_atwood_building_moves_the_ground_as_recorded() -> None:
    folder = shared_data("atwood-2018-anchorage")
    files = [next(folder.glob(f"*{name}*")) for name in ("HNE.01", "HNN.02", "HNZ.03")]
    motion = recorded_motion(files).cut()
    east, north, up = np.abs(motion.accel_ms2).max(axis=1) * 100
    assert east == pytest.approx(203.135, rel=1e-3)
    assert north == pytest.approx(159.375, rel=1e-3)
    assert up == pytest.approx(221.811, rel=1e-3)


def test_plain_columns_need_their_unit_said() -> None:
    path = shared_data("sct-1985-mexico") / "sct190985.txt"
    columns = ["time", "NS", "EW", "V"]
    with pytest.raises(NoMotion, match="--units"):
        recorded_motion([path], rate_hz=50.0, columns=columns)
    motion = recorded_motion([path], unit=Unit.G, rate_hz=50.0, columns=columns)
    assert np.abs(motion.accel_ms2[0]).max() * 100 == pytest.approx(167.9, rel=0.02)  # east


def test_a_file_that_is_no_record_is_named(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear sir,\n")
    with pytest.raises(NoMotion, match=r"letter\.txt"):
        recorded_motion([path])
