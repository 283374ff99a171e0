"""How a replay feeds the detectors: noise before, blocks, an archive; and what it says of it."""

from pathlib import Path

import numpy as np
import pytest
from detection_rig import RATE_HZ, blocks, tower_places
from motions import ambient
from places import START_NS
from replay_archive import archive_of, shaken

from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.errors import CommandError
from plumbline.research.replay.archive import instant, replayed_archive
from plumbline.research.replay.config import detect_settings, installed
from plumbline.research.replay.detector_run import run_detectors
from plumbline.research.replay.feeding import (
    DENSITY_MS2,
    entries_of,
    journal_of,
    places_of,
    with_noise_before,
)
from plumbline.research.replay.material import ReplayNode, ReplayPiece, ReplayStructure
from plumbline.research.replay.run import replayed_files
from plumbline.research.replay.text import report_text
from plumbline.wire.block import NS
from plumbline.wire.inventory import Role

N = 9000


def node(accel_ms2: np.ndarray, code: str = "0A", role: Role = Role.GROUND) -> ReplayNode:
    piece = ReplayPiece(start_ns=START_NS, rate_hz=RATE_HZ, accel_ms2=accel_ms2)
    return ReplayNode(
        code=code, name=f"node {code}", role=role, level=0, axes=("E", "N", "Z"), vertical=2,
        rate_hz=RATE_HZ, offset_ms2=np.median(accel_ms2, axis=1), pieces=(piece,),
    )  # fmt: skip


def structure(*nodes: ReplayNode) -> ReplayStructure:
    return ReplayStructure(
        code="TWR01", name="Tower", nodes=nodes, timed=True, by_shape=False, files=("a",), notes=()
    )


def test_noise_before_is_that_of_the_instrument_around_the_offset_of_the_record():
    own = node(shaken() + np.array([[0.3], [-0.2], [9.81]]))
    longer = with_noise_before(own, 20.0, seed=1)
    (piece,) = longer.pieces
    before = piece.accel_ms2[:, :2000]
    assert piece.start_ns == START_NS - 20 * NS
    assert piece.n_samples == N + 2000
    np.testing.assert_allclose(before.mean(axis=1), [0.3, -0.2, 9.81], atol=0.002)
    np.testing.assert_allclose(before.std(axis=1), DENSITY_MS2 * np.sqrt(50.0), rtol=0.1)


def test_blocks_carry_the_record_unchanged_to_far_below_its_noise():
    one = structure(node(shaken()))
    known = places_of([one])
    entries = entries_of([one], known)
    (place,) = known.values()
    back = np.concatenate([place.physical(entry.block()) for entry in entries], axis=1)
    np.testing.assert_allclose(back, one.nodes[0].pieces[0].accel_ms2, atol=1e-7)
    assert entries[0].block().start_ns == START_NS


def test_a_lone_record_opens_an_episode_with_the_seconds_it_took():
    (one,) = replayed_files([structure(node(shaken()))], DetectionSettings())
    (episode,) = one.report["episodes"]
    assert episode["kind"] == "shaking"
    assert 39.5 < episode["onset_s"] < 41.5
    assert 0 < episode["seconds_after_onset"] < 6
    assert 0 < episode["seconds_after_1_gal"] < 6
    assert episode["classified"]["cause"] == "earthquake"
    (arrived,) = episode["arrivals"]
    assert (arrived["node"], arrived["channel"]) == ("0A", "Z")
    assert arrived["at_s"] == pytest.approx(40.0, abs=0.6)  # it begins at 40 s and rises slowly
    assert arrived["early"]["pd_range_m"][0] <= arrived["early"]["pd_m"]
    assert f"node 0A Z: onset at {arrived['at_s']:.2f} ±" in report_text(one.report)
    assert one.report["seeded"]["noise_before_s"] == 20.0


def test_every_trigger_is_told_also_one_that_nothing_joined():
    still = np.stack([ambient(np.random.default_rng(k), N, RATE_HZ, 0.1) for k in range(3)])
    two = structure(node(shaken()), node(still, "3A", Role.ROOF))
    (one,) = replayed_files([two], DetectionSettings())
    assert one.report["decision"] == "none"
    assert [t["node"] for t in one.report["triggers"] if t["detector"] == "short_period"] == ["0A"]
    assert one.report["loudest"]["classified"] is not None


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    motion = {n: shaken(k, factor=k + 1.0) for k, n in enumerate(("0A", "1A", "3A"))}
    return archive_of(tmp_path, motion)


def test_an_archive_tells_the_same_as_the_journal_did(archive: Path):
    known = installed(None, None, archive)
    (one,) = replayed_archive(archive, known, DetectionSettings())
    tower = tower_places(archive.parent)
    every = sorted(
        (
            block
            for k, name in enumerate(("0A", "1A", "3A"))
            for block in blocks(tower[name], shaken(k, factor=k + 1.0))
        ),
        key=lambda block: block.end_ns,
    )
    live = run_detectors(journal_of(every), known, DetectionSettings())
    assert [e.id for e in one.detected.events] == [e.id for e in live.events]
    (episode,) = one.report["episodes"]
    assert episode["nodes"]["3A"]["peak_gal"] > 100
    assert episode["classified"]["cause"] == "earthquake"


def test_a_span_of_an_archive_without_the_quake_has_no_episode(archive: Path):
    known = installed(None, None, archive)
    (one,) = replayed_archive(archive, known, DetectionSettings(), end_ns=START_NS + 30 * NS)
    assert one.report["decision"] == "none"
    assert one.report["seconds"] == 30.0
    with pytest.raises(CommandError, match="not that span"):
        replayed_archive(archive, known, DetectionSettings(), end_ns=START_NS - NS)


def test_an_empty_folder_and_a_missing_inventory_are_said(tmp_path: Path):
    with pytest.raises(CommandError, match="give --inventory"):
        installed(None, None, tmp_path)
    with pytest.raises(CommandError, match="no archive here"):
        replayed_archive(tmp_path, tower_places(tmp_path), DetectionSettings())


def test_detectors_come_from_a_collectors_configuration_or_a_file_of_their_own(tmp_path: Path):
    path = tmp_path / "collector.toml"
    path.write_text('data = "d"\n[broker]\nport = 1\n[detect]\nlong_gal = 2.0\n', encoding="utf-8")
    assert detect_settings(path, ["short_period"]) == DetectionSettings(
        long_gal=2.0, short_period=False
    )
    path.write_text("[detection]\nlong_gall = 2.0\n", encoding="utf-8")
    with pytest.raises(CommandError, match="did you mean 'long_gal'"):
        detect_settings(path)


def test_times_are_utc_unless_they_say_otherwise():
    assert instant("2025-03-28T06:20:00") == instant("2025-03-28T13:20:00+07:00")
    assert instant(None) is None
    with pytest.raises(CommandError, match="not a time"):
        instant("yesterday")
