"""CPU and memory of the edge agent, three ADXL355 nodes at 100 Hz and a LILY; JSON lines.

Run: ``python -m benchmarks.edge_agent [SECONDS]`` (60 unless told). Beside it, at the same time and
on instruments of the same make, the plain program that many write: pyserial's ``read_until``, a
JSON message a second and instrument, paho. It keeps nothing, times nothing, acknowledges nothing.
"""

import binascii
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

import paho.mqtt.client as mqtt
import psutil
import serial

from plumbline.demo.broker import broker_command
from plumbline.demo.processes import Processes
from plumbline.demo.run import accepts_connections, free_port
from plumbline.wire.messages import BootMark, Watermark
from plumbline.wire.ranges import RangeSet
from plumbline.wire.record import decode
from plumbline.wire.topics import Address, TopicKind, all_of, parsed

WARM_S = 20
RIG = "plumbline.simulator.rig"
NODES = ("0A", "1A", "2A")


def rig(folder: Path, seconds: float) -> str:
    text = f'ports = "{folder}/ports"\ntruth = "{folder}/truth"\nwait_s = 60\nseconds = {seconds}\n'
    text += '[structure]\ncode = "TWR01"\nstoreys = 30\ndamping = 0.02\n'
    for number, node in enumerate(NODES):
        text += f"""[[instrument]]\nport = "{node}"\nkind = "adxl355_node"\nnode = "{node}"
level = {number}\nbaud = 460800\njitter_ms = 2.0\nclock_ppm = 20.0\nseed = {number}\n"""
    text += '[[instrument]]\nport = "0T"\nkind = "lily"\nnode = "0T"\n'
    return text + "level = 0\nbaud = 19200\nseed = 9\n"


def edge(folder: Path, broker_port: int) -> str:
    text = 'agent = "bench"\nnetwork = "XX"\nstructure = "TWR01"\n'
    text += f'[broker]\nport = {broker_port}\n[spool]\npath = "{folder}/spool.db"\n'
    for node in (*NODES, "0T"):
        driver = "lily" if node == "0T" else "adxl355_node"
        text += f'[[instrument]]\ndriver = "{driver}"\nnode = "{node}"\n'
        text += f'port = "{folder}/ports/{node}"\n'
    return text


def unstuffed(frame: bytes) -> bytes:
    plain = bytearray()
    at = 0
    while at < len(frame) - 1:
        code = frame[at]
        plain += frame[at + 1 : at + code]
        at += code
        if at < len(frame) - 1:
            plain.append(0)
    return bytes(plain)


def plain_program(folder: str, broker_port: str) -> None:
    """The peer: read, parse, collect a second, publish JSON."""
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", int(broker_port))
    client.loop_start()

    def node(name: str) -> None:
        port = serial.Serial(f"{folder}/ports/{name}", 460_800, timeout=1)
        second: list[list[int]] = []
        while True:
            message = unstuffed(port.read_until(b"\0"))
            if (
                len(message) < 16
                or message[0] != 2
                or binascii.crc_hqx(message[:-2], 0xFFFF)
                != (int.from_bytes(message[-2:], "little"))
            ):
                continue
            for at in range(14, 14 + 9 * message[13], 9):
                second.append(
                    [
                        int.from_bytes(message[k : k + 3], "little", signed=True)
                        for k in range(at, at + 9, 3)
                    ]
                )
            if len(second) >= 100:
                payload = json.dumps({"time": time.time(), "node": name, "xyz": second})
                client.publish(f"plain/{name}", payload, qos=1)
                second = []

    def lily() -> None:
        port = serial.Serial(f"{folder}/ports/0T", 19_200, timeout=2)
        while True:
            fields = port.readline().decode("ascii", "replace").strip().split(",")
            client.publish("plain/0T", json.dumps({"time": time.time(), "xy": fields[:2]}), qos=1)

    for name in NODES:
        threading.Thread(target=node, args=(name,), daemon=True).start()
    lily()


Held = dict[str, tuple[Address, str, RangeSet]]


def acknowledge(broker_port: int) -> tuple[mqtt.Client, Held]:
    """Publish a watermark, once a second and stream, that every block is held."""
    held: Held = {}

    def take(client: mqtt.Client, userdata: object, message: mqtt.MQTTMessage) -> None:
        address, _, stream = parsed(message.topic)
        block = decode(message.payload)
        boot = f"{block.boot:016x}"
        held.setdefault(stream, (address, boot, RangeSet()))[2].add(block.seq)
        mark = BootMark(boot=boot, held=tuple(held[stream][2]))
        watermark = Watermark(
            store="0" * 16, stream=block.stream.key, sent_ns=time.time_ns(), boots=(mark,)
        )
        topic = f"{address.topic(TopicKind.WATERMARK)}/{stream}"
        client.publish(topic, watermark.to_json(), qos=1, retain=True)

    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.on_message = take
    client.connect("127.0.0.1", broker_port)
    client.subscribe(all_of(TopicKind.BLOCKS), 1)
    client.loop_start()
    return client, held


def measure(seconds: float, folder: Path) -> dict[str, object]:
    """Run both programs beside each other; return CPU [core] and memory [MB] of each."""
    port = free_port()
    name, broker = broker_command(port, folder)
    running = {}
    with Processes(folder / "logs") as processes:
        processes.start("broker", broker)
        processes.wait_until("broker", lambda: accepts_connections(port), 30)
        collector, held = acknowledge(port)
        for who in ("agent", "peer"):
            (folder / who).mkdir()
            config = folder / who / "rig.toml"
            config.write_text(rig(folder / who, seconds + 60))
            made = processes.start(f"rig-{who}", [sys.executable, "-m", RIG, str(config)])
            processes.wait_until("ports", lambda made=made: "ports" in made.log.read_text(), 60)
            if who == "agent":
                config = folder / "edge.toml"
                config.write_text(edge(folder / who, port))
                words = ["-m", "plumbline.cli", "edge", "run", "--config", str(config)]
            else:
                words = ["-m", "benchmarks.edge_agent", "peer", str(folder / who), str(port)]
            running[who] = processes.start(who, [sys.executable, *words])
        time.sleep(WARM_S)
        watched = {who: psutil.Process(child.process.pid) for who, child in running.items()}
        before = {who: process.cpu_times() for who, process in watched.items()}
        began = time.monotonic()
        time.sleep(seconds)
        processes.check()
        span = time.monotonic() - began
        report: dict[str, object] = {"broker": name, "seconds": round(span, 1)}
        cores = {}
        for who, process in watched.items():
            after = process.cpu_times()
            used = after.user + after.system - before[who].user - before[who].system
            cores[who] = used / span
            report[f"{who}_core_percent"] = round(100 * cores[who], 2)
            report[f"{who}_resident_mb"] = round(process.memory_info().rss / 1e6, 1)
        report["agent_blocks"] = {
            stream: sum(last - first + 1 for first, last in ranges)
            for stream, (_, _, ranges) in held.items()
        }
        report["ratio"] = round(cores["agent"] / cores["peer"], 2)
        collector.disconnect()
        collector.loop_stop()
    return report


if __name__ == "__main__":
    if sys.argv[1:2] == ["peer"]:
        plain_program(*sys.argv[2:])
    else:
        with tempfile.TemporaryDirectory() as temporary:
            seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
            print(json.dumps(measure(seconds, Path(temporary))), flush=True)
