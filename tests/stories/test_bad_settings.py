"""Files that cannot be used: one message, where and what to do, and nothing is started."""

import subprocess
import sys
from pathlib import Path

import pytest

from plumbline.demo.tower import accelerometer, edge_text, inventory_text, lily

SPOTS = (accelerometer("0A", "ground", "ground", 0, "pi"), lily("0T", "raft", "pi"))
ZERO = ', zero = { value = 0.0, when = 2026-02-01, who = "demonstration" }'
LIMIT = """
[[deformation.limit]]
structure = "TWR01"
node = "0T"
of = "tilt"
amber = 80
source = "site rules"
standing = "project"
"""
PEOPLE = """
[[alerting.person]]
name = "Somchai"
[[alerting.step]]
people = ["Somchai"]
"""
EDGE, COLLECTOR = "edge run --config edge.toml", "collector run collector.toml"

# what it is, the command, the file, what is replaced by what, what must be printed
BAD = (
    ("an unknown key", EDGE, "edge", "port = 1\n", "prot = 1\n",
     "edge.toml: 1 problem\n  line 7: broker.prot: unknown key; did you mean 'port'?"),
    ("a missing key", EDGE, "edge", 'structure = "TWR01"\n', "",
     "edge.toml: 1 problem\n  structure: missing; add it"),
    ("a structure code too long", EDGE, "edge", '"TWR01"', '"TOWER01"',
     "structure code 'TOWER01': expected 1 to 5 capital letters or digits"),
    ("a node code too long", EDGE, "edge", 'node = "0A"', 'node = "0AB"',
     "instrument[0].node: node code '0AB': expected exactly 2 capital letters or digits"),
    ("no TOML", EDGE, "edge", "[broker]", "[broker", "not TOML"),
    ("an unknown section", COLLECTOR, "collector", "", "[brokr]\n",
     "collector.toml: 1 problem\n  line 1: brokr: unknown key; did you mean 'broker'?"),
    ("a missing telephone number", COLLECTOR, "collector", "", PEOPLE,
     "alerting.person[0].phone: missing; add it"),
    ("a missing place", COLLECTOR, "inventory", "latitude = 13.80\n", "",
     "inventory.toml: 1 problem\n  line 6: structure[0].latitude: missing; add it"),
    ("a code too long for the archive", COLLECTOR, "inventory", '"TWR01"', '"TOWER01"',
     "structure code 'TOWER01': expected 1 to 5 capital letters or digits"),
    ("no inventory", COLLECTOR, "collector", "", 'inventory = "inventry.toml"\n',
     "inventry.toml: 1 problem\n  cannot be read (No such file or directory); check the path"),
    ("a broker elsewhere, unlocked", COLLECTOR, "collector", "", '[broker]\nhost = "10.0.0.1"\n',
     "set username and password_file, or tls_ca"),
)  # fmt: skip


def ran(folder: Path, command: str) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-m", "plumbline.cli", *command.split()]
    return subprocess.run(
        words, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def files(folder: Path) -> None:
    (folder / "collector.toml").write_text("")
    (folder / "inventory.toml").write_text(inventory_text(SPOTS))
    spool = folder / "spool.db"
    text = edge_text("pi", ports=folder / "ports", spool=spool, broker_port=1, spots=SPOTS)
    (folder / "edge.toml").write_text(text)


def refused(folder: Path, command: str) -> str:
    """Return what a command printed that refused, in one message and before anything began."""
    done = ran(folder, command)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count(f"plumbline {command.split(maxsplit=1)[0]}: ") == 1
    assert "Traceback" not in done.stderr
    assert {path.name for path in folder.iterdir()} <= {
        "collector.toml", "edge.toml", "inventory.toml",
    }  # fmt: skip
    return done.stderr


@pytest.mark.parametrize(
    ("command", "file", "good", "bad", "expected"),
    [case[1:] for case in BAD],
    ids=[case[0].replace(" ", "-") for case in BAD],
)
def test_a_file_that_cannot_be_used_starts_nothing_and_says_why(
    tmp_path: Path, command: str, file: str, good: str, bad: str, expected: str
) -> None:
    files(tmp_path)
    path = tmp_path / f"{file}.toml"
    assert good in path.read_text()
    path.write_text(path.read_text().replace(good, bad, 1))
    assert expected in refused(tmp_path, command)


def test_a_tilt_alarm_without_a_zero_is_refused_and_says_what_to_add(tmp_path: Path) -> None:
    files(tmp_path)
    inventory = tmp_path / "inventory.toml"
    inventory.write_text(inventory.read_text().replace(ZERO, ""))
    (tmp_path / "collector.toml").write_text(LIMIT)
    refusal = refused(tmp_path, COLLECTOR)
    assert "deformation.limit[0]: node 0T has no commissioning zero" in refusal
    assert "add zero = { value, when, who } to every axis in the inventory" in refusal


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    files(tmp_path)
    path = tmp_path / "edge.toml"
    text = path.read_text().replace('agent = "pi"', 'agent = "Pi One"')
    path.write_text(text.replace("port = 1\n", "prot = 1\n").replace('"TWR01"', '"TOWER01"'))
    refusal = refused(tmp_path, EDGE)
    assert "3 problems" in refusal
    assert all(word in refusal for word in ("Pi One", "broker.prot", "TOWER01"))
