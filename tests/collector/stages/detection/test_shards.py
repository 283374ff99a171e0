"""Shards of structures, and installations that change: nobody closes what others follow."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from detection_rig import (
    RATE_HZ,
    Given,
    blocks,
    journal,
    neighbour,
    run_stage,
    saved_events,
    tower_places,
)
from motions import ambient, near

from plumbline.collector.events.model import Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.checkpointer import Checkpoint
from plumbline.collector.stages.detection.late_stage import LateStage
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.collector.stages.detection.stage import DetectionStage
from plumbline.collector.stages.shard import Shard
from plumbline.wire.inventory.lookup import Place

N = 9_000
HALF = 70 * 6  # entries of both structures until ten seconds after the onset
RULES = [
    {"structure": code, "amber": 10, "source": "S. Chai", "standing": "project"}
    for code in ("TWR01", "TWR02")
]
WEST, EAST = Shard("west", frozenset({"TWR01"})), Shard("east", frozenset({"TWR02"}))
Site = dict[str, Place]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    opened = EventStore(tmp_path / "events.db")
    yield opened
    opened.close()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Two towers, both shaken at once; by stream."""
    tower = tower_places(tmp_path)
    both = [*tower.values(), *neighbour(tower, "TWR02").values()]
    return {place.stream.key: place for place in both}


@pytest.fixture
def entries(site: Site) -> list[Given]:
    rng = np.random.default_rng(5)
    ground = near(rng, N, RATE_HZ, 150, 60.0)
    return journal(blocks(place, ambient(rng, N, RATE_HZ) + 2 * ground) for place in site.values())


def stage(site: Mapping[str, Place], store: EventStore, shard: Shard | None = None):
    more = {} if shard is None else {"shard": shard}
    settings = DetectionSettings.model_validate({"threshold": RULES, "snapshot_s": 5.0})
    return DetectionStage(settings=settings, places=site, events=store, start=0, **more)


def in_middle_of_the_shaking(site: Site, store: EventStore, entries: list[Given]) -> None:
    own = stage(site, store)
    run_stage(own, entries[:HALF])
    own.close()
    assert {(e.structure, e.closed_ns) for e in saved_events(store)} == {
        ("TWR01", None), ("TWR02", None),
    }  # fmt: skip


def of(store: EventStore, structure: str) -> list[Event]:
    return [event for event in saved_events(store) if event.structure == structure]


def undisturbed(folder: Path, site: Site, entries: list[Given], structure: str) -> list[Event]:
    alone = EventStore(folder / "undisturbed.db")
    run_stage(stage(site, alone), entries)
    found = of(alone, structure)
    alone.close()
    return found


def ends_of(found: list[Event]) -> set[str]:
    return {str(event.evidence.get("ended", "")) for event in found}


def test_two_shards_find_what_one_stage_of_all_finds(tmp_path, site, store, entries):
    for shard in (WEST, EAST):
        run_stage(stage(site, store, shard), entries)
    whole = EventStore(tmp_path / "whole.db")
    run_stage(stage(site, whole), entries)
    for code in ("TWR01", "TWR02"):
        assert of(store, code) == of(whole, code)
        assert {event.kind for event in of(store, code)} == {
            EventKind.SHAKING, EventKind.THRESHOLD,
        }  # fmt: skip
    whole.close()


def test_a_shard_whose_structure_changed_closes_no_event_of_another(site, store, entries):
    stages = [stage(site, store, shard) for shard in (WEST, EAST)]
    for own in stages:
        run_stage(own, entries[:HALF])
        own.close()
    without_roof = {
        key: p for key, p in site.items() if (p.structure.code, p.node.code) != ("TWR01", "3A")
    }
    stage(without_roof, store, WEST)
    assert all(event.closed_ns is not None for event in of(store, "TWR01"))
    assert ends_of(of(store, "TWR01")) == {"the inventory changed"}
    assert all(event.closed_ns is None for event in of(store, "TWR02"))


def test_each_shard_goes_on_from_a_snapshot_of_its_own(site, store, entries):
    for shard in (WEST, EAST):
        own = stage(site, store, shard)
        run_stage(own, entries[:HALF])
        own.close()
    assert store.snapshot("detect.live") is None
    assert {store.snapshot(f"detect.live.{name}") is None for name in ("west", "east")} == {False}
    assert stage(site, store, EAST).cursor() == HALF
    assert (stage(site, store).name, stage(site, store, EAST).name) == ("detect", "detect.east")


def test_a_shard_begins_where_the_one_stage_of_all_stood(tmp_path, site, store, entries):
    in_middle_of_the_shaking(site, store, entries)
    for shard in (WEST, EAST):
        own = stage(site, store, shard)
        assert own.cursor() == HALF
        run_stage(own, entries[HALF:])
        own.close()
    for code in ("TWR01", "TWR02"):
        assert of(store, code) == undisturbed(tmp_path, site, entries, code)
    assert stage(site, store, WEST).cursor() == len(entries)


@pytest.mark.parametrize("gone", [{"3A"}, {"0A", "1A", "3A"}], ids=["a node", "all of it"])
def test_a_changed_structure_disturbs_none_that_stayed(tmp_path, site, store, entries, gone):
    in_middle_of_the_shaking(site, store, entries)
    left = {
        key: place
        for key, place in site.items()
        if place.structure.code == "TWR02" or place.node.code not in gone
    }
    own = stage(left, store)
    assert own.cursor() == HALF
    assert ends_of(of(store, "TWR01")) == {"the inventory changed"}
    run_stage(own, entries[HALF:])
    assert of(store, "TWR02") == undisturbed(tmp_path, site, entries, "TWR02")


def test_a_new_structure_disturbs_none_that_was_there(tmp_path, site, store, entries):
    first = {key: place for key, place in site.items() if place.structure.code == "TWR02"}
    own = stage(first, store)
    run_stage(own, entries[:HALF])
    own.close()
    run_stage(stage(site, store), entries[HALF:])
    assert of(store, "TWR02") == undisturbed(tmp_path, site, entries, "TWR02")


def test_a_rate_that_changed_is_another_stream(site, store, entries):
    in_middle_of_the_shaking(site, store, entries)
    key = "XX.TWR01.3A.HN"
    faster = site[key].instrument.model_copy(update={"rate_hz": 200.0})
    stage({**site, key: replace(site[key], instrument=faster)}, store)
    assert {event.closed_ns is None for event in of(store, "TWR01")} == {False}
    assert {event.closed_ns is None for event in of(store, "TWR02")} == {True}


def as_0_2_0_wrote(body: bytes) -> bytes:
    """Return a snapshot without what was added since: the rule that each threshold is of."""
    saved = Checkpoint.from_bytes(body)
    with np.load(io.BytesIO(saved.state)) as arrays:
        rewritten = dict(arrays)
    meta = json.loads(rewritten["meta"].tobytes())
    del meta["threshold_rules"]
    rewritten["meta"] = np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8)
    out = io.BytesIO()
    np.savez(out, **rewritten)
    head = json.dumps({"cursor": saved.cursor, "told_to": saved.saved_to, "said": {}})
    return head.encode() + b"\n" + out.getvalue()


@pytest.mark.parametrize("shards", [[None], [WEST, EAST]], ids=["one stage", "two shards"])
def test_a_snapshot_of_0_2_0_is_read_under_its_old_key(tmp_path, site, store, entries, shards):
    in_middle_of_the_shaking(site, store, entries)
    store.save(snapshot=("detect.live", as_0_2_0_wrote(store.snapshot("detect.live"))))
    for shard in shards:
        own = stage(site, store, shard)
        assert own.cursor() == HALF
        run_stage(own, entries[HALF:])
        own.close()
    for code in ("TWR01", "TWR02"):
        assert of(store, code) == undisturbed(tmp_path, site, entries, code)


def late_of(site: Mapping[str, Place], store: EventStore, shard: Shard | None = None) -> LateStage:
    more = {} if shard is None else {"shard": shard}
    return LateStage(settings=DetectionSettings(), places=site, events=store, start=0, **more)


def late_entries(entries: list[Given]) -> list[Given]:
    """Return a backlog: the newest second of every stream first, the shaking after it."""
    newest, older = entries[-6:], entries[:HALF]
    return [Given(e.made, n, entries[-1].received_ns) for n, e in enumerate([*newest, *older])]


def test_the_late_stage_closes_orphans_of_late_data_and_of_its_shard_only(site, store, entries):
    live = stage(site, store)
    for shard in (WEST, EAST):
        own = late_of(site, store, shard)
        run_stage(own, late_entries(entries))
        own.close()
    assert {(e.structure, e.late, e.closed_ns) for e in saved_events(store)} == {
        ("TWR01", True, None), ("TWR02", True, None),
    }  # fmt: skip
    live.close()
    without = {key: place for key, place in site.items() if place.structure.code != "TWR01"}
    stage(without, store)
    assert {event.closed_ns for event in saved_events(store)} == {None}
    late_of(without, store, EAST)
    assert {event.closed_ns for event in saved_events(store)} == {None}
    late_of(without, store, WEST)
    assert ends_of(of(store, "TWR01")) == {"the inventory changed"}
    assert {event.closed_ns for event in of(store, "TWR02")} == {None}


@pytest.mark.parametrize(
    ("name", "structures"),
    [("", frozenset({"A"})), ("a", None), ("mark", frozenset()), ("a.b", frozenset())],
)
def test_a_shard_that_would_share_a_snapshot_is_refused(name, structures):
    with pytest.raises(ValueError, match="shard"):
        Shard(name, structures)


def test_the_only_shard_has_every_structure():
    assert "TWR01" in Shard()
    assert "TWR02" not in WEST
    assert (Shard().key("detect.live"), WEST.key("detect.live")) == (
        "detect.live",
        "detect.live.west",
    )
