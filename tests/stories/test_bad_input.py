"""What goes wrong while everything runs: one line that says what to do, and the rest goes on."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import paho.mqtt.client as mqtt
import pytest
from servers.programs import wait_until
from stories.running import page_answer
from stories.whole_site import WholeSite, counted

from plumbline.demo.tower import Spot, accelerometer
from plumbline.edge_agent.spool import RowStanding
from plumbline.wire.block import NS, Block
from plumbline.wire.identity import StreamId
from plumbline.wire.record import encode
from plumbline.wire.topics import Address, TopicKind

GROUND = accelerometer("0A", "ground", "ground", 0, "pi-ground", 20.0)
ROOF = accelerometer("3A", "roof", "roof", 30, "pi-roof", 40.0)
SPARE = accelerometer("9Z", "spare", "structure", 3, "pi-spare")
NAMELESS = "allow_anonymous false\n"
SETTLED_S = 6.0  # a line that is repeated would be by then
LONG_S = 600.0
BUSY = "the clock of this machine was set, or it slept"
"""What agents say of times that leap: on a busy machine instruments and agents are held up."""
pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(480)]
Sites = Callable[..., WholeSite]


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Sites]:
    made: list[WholeSite] = []

    def make(agents: dict[str, list[Spot]], **more: object) -> WholeSite:
        made.append(WholeSite(tmp_path, agents, seconds=LONG_S, **more))
        return made[-1]

    yield make
    for site in made:
        site.stop()


def complaints(site: WholeSite, name: str) -> list[str]:
    """Return what a process has warned of."""
    lines = site.processes.log(name).splitlines()
    reported = [line for line in lines if " WARNING " in line or " ERROR " in line]
    return [line for line in reported if BUSY not in line]


def only_complaint(site: WholeSite, name: str, *words: str) -> str:
    """Wait for the first complaint, and for those that should not follow; return it."""
    wait_until(lambda: complaints(site, name))
    time.sleep(SETTLED_S)
    (line,) = complaints(site, name)
    missing = [word for word in words if word not in line]
    assert missing == [], line
    assert "Traceback" not in site.processes.log(name)
    return line


def blocks_held(site: WholeSite, name: str) -> int:
    spool = site.folder / f"{name}.db"
    return counted(spool, RowStanding.UNHELD) + counted(spool, RowStanding.HELD)


@contextmanager
def visitor(site: WholeSite) -> Iterator[mqtt.Client]:
    """Connect somebody else to the site's broker."""
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="visitor")
    client.connect("127.0.0.1", site.broker.port)
    client.loop_start()
    yield client
    client.disconnect()
    client.loop_stop()


def spare_block(start_ns: int, seq: int = 0, boot: int = 7) -> Block:
    stream = StreamId(network="XX", structure="TWR01", node="9Z", band_source="HN", axes="ZNE")
    return Block(
        stream=stream, boot=boot, seq=seq, start_ns=start_ns, rate_hz=100.0,
        counts=np.full((3, 100), 5, np.int32), clock_error_ns=500_000, time_quality=100,
    )  # fmt: skip


TOPIC = Address(network="XX", structure="TWR01", agent="pi-spare").topic(
    TopicKind.BLOCKS, spare_block(0).stream
)


def test_without_a_broker_an_agent_says_so_once_keeps_its_blocks_and_sends_them_later(
    sites: Sites,
) -> None:
    site = sites({"pi-ground": [GROUND]})
    site.broker.stop()
    site.instruments()
    site.begin("pi-ground")
    line = only_complaint(site, "pi-ground", "cannot be reached", "start it, or correct host")
    assert str(site.broker.port) in line
    wait_until(lambda: blocks_held(site, "pi-ground") > 3)
    site.broker.start()
    site.begin("collector")
    wait_until(lambda: counted(site.folder / "pi-ground.db", RowStanding.HELD) > 3)
    counts = site.finish()
    assert (counts["lost"], counts["duplicated"], counts["altered"]) == (0, 0, 0)


def test_an_agent_that_is_refused_says_so_once_and_keeps_its_blocks(sites: Sites) -> None:
    site = sites({"pi-ground": [GROUND]}, access=NAMELESS)
    site.instruments()
    site.begin("pi-ground")
    only_complaint(site, "pi-ground", "refuses", "check username and password_file")
    before = blocks_held(site, "pi-ground")
    wait_until(lambda: blocks_held(site, "pi-ground") > before + 2)


@pytest.mark.parametrize(
    ("access", "words"),
    [
        (NAMELESS, ("refuses the collector", "check username, password_file")),
        (None, ("no broker answers", "is it running, and do host and port fit?")),
    ],
    ids=["refused", "not-reachable"],
)
def test_a_collector_without_a_broker_says_so_once_and_its_page_answers(
    sites: Sites, access: str | None, words: tuple[str, ...]
) -> None:
    site = sites({"pi-ground": [GROUND]}, access=access or "allow_anonymous true\n")
    if access is None:
        site.broker.stop()
    site.begin("collector")
    only_complaint(site, "collector", *words)
    problems = page_answer(site.web, "api/status")["problems"]
    assert any(words[0] in problem for problem in problems)
    assert site.processes.end("collector") == 0


def test_a_port_that_does_not_exist_is_told_once_and_the_other_is_read(sites: Sites) -> None:
    absent = replace(ROOF, agent="pi-ground")
    site = sites({"pi-ground": [GROUND]})
    config = site.folder / "pi-ground.toml"
    config.write_text(config.read_text() + instrument_of(absent, site.folder / "ports"))
    site.start()
    only_complaint(site, "pi-ground", "tty3AHN does not exist", "plumbline edge list-ports")
    counts = site.finish()
    assert (counts["lost"], counts["duplicated"], counts["altered"]) == (0, 0, 0)


def instrument_of(spot: Spot, ports: Path) -> str:
    return (
        f'[[instrument]]\ndriver = "{spot.kind}"\nport = "{ports / spot.port}"\n'
        f'node = "{spot.node}"\nstream = "HN"\naxes = "ZNE"\nmap = "zyx"\n'
    )


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (encode(spare_block(10**18)).replace(b"TWR01", b"TWR02", 1), ("CRC", "sends it again")),
        (b"GET / HTTP/1.1", ("quarantine", "find out who else publishes")),
    ],
    ids=["damaged", "something-else"],
)
def test_a_corrupt_payload_is_set_aside_once_and_the_rest_goes_on(
    sites: Sites, payload: bytes, words: tuple[str, ...]
) -> None:
    site = sites({"pi-ground": [GROUND]}, idle=[SPARE])
    site.start()
    with visitor(site) as client:
        for _ in range(3):
            client.publish(TOPIC, payload, qos=1)
        only_complaint(site, "collector", "pi-spare/blocks/9Z.HN", "set aside", *words)
    counts = site.finish()
    assert (counts["lost"], counts["duplicated"], counts["altered"]) == (0, 0, 0)


def test_a_block_from_the_future_is_kept_told_once_and_the_rest_goes_on(sites: Sites) -> None:
    site = sites({"pi-ground": [GROUND]}, idle=[SPARE])
    site.start()
    with visitor(site) as client:
        for seq in range(3):
            ahead_ns = time.time_ns() + (3600 + seq) * NS
            client.publish(TOPIC, encode(spare_block(ahead_ns, seq)), qos=1)
        only_complaint(
            site, "collector", "XX.TWR01.9Z.HN", "ahead of the collector", "Check the clocks"
        )
    counts = site.finish()
    assert (counts["lost"], counts["duplicated"], counts["altered"]) == (0, 0, 0)
    assert list((site.folder / "data" / "archive").rglob("XX.TWR01.9Z.HNZ.D.*"))


def test_two_agents_of_one_name_are_told_of_and_both_are_kept(sites: Sites) -> None:
    twin = replace(ROOF, agent="pi-ground")
    site = sites({"pi-ground": [GROUND], "pi-twin": [twin]})
    site.start()

    def logged_by(name: str, words: str) -> bool:
        return any(words in line for line in complaints(site, name))

    wait_until(lambda: logged_by("collector", "two agents call themselves"), 240, every_s=0.5)
    wait_until(lambda: logged_by("pi-ground", "pi-ground") or logged_by("pi-twin", "pi-ground"))
    lines = [line for line in complaints(site, "collector") if "two agents" in line]
    assert len(lines) == 1
    assert "give one of them another name in its edge.toml" in lines[0]
    counts = site.finish()
    assert (counts["lost"], counts["duplicated"], counts["altered"]) == (0, 0, 0)


def test_a_broker_that_comes_back_is_said_to_be_back(sites: Sites) -> None:
    site = sites({"pi-ground": [GROUND]})
    site.start()
    site.broker.kill()
    wait_until(lambda: len(complaints(site, "collector")) == 1)
    site.broker.start()
    wait_until(lambda: len(complaints(site, "collector")) == 2)
    gone, back = complaints(site, "collector")
    assert "closed the connection" in gone
    assert "over: " in back
