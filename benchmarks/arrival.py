"""Arrival to decision, and CPU of the collector, with nodes from a generator; JSON lines.

Run: ``python -m benchmarks.arrival [NODES ...]`` (100 and 300 unless told). The generator
publishes `wire` bytes from its own process, each node at its own moment of the second; a real
mosquitto and a real collector with its stages do the rest. Beside it, in the same run, the price
of the same samples as JSON parsed by the standard library.
"""

import json
import multiprocessing
import sys
import tempfile
import time
import urllib.request
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np
import paho.mqtt.client as mqtt
import psutil

from plumbline.demo.broker import broker_command
from plumbline.demo.processes import Processes
from plumbline.demo.run import accepts_connections, answers, free_port
from plumbline.simulator.generator import Load
from plumbline.wire.block import NS, Block
from plumbline.wire.record import encode
from plumbline.wire.topics import Address, TopicKind

SECONDS = 60
WARM_S = 10
MAKING_S = 0.7e-3  # a message
G_COUNTS = 256_000 / 9.80665


def inventory(blocks: list[Block]) -> str:
    """Return the inventory of the generated nodes: the first of each structure is the ground."""
    text = '[network]\ncode = "XX"\n'
    known: dict[str, list[Block]] = {}
    for block in blocks:
        known.setdefault(block.stream.structure, []).append(block)
    for structure, mine in known.items():
        text += f'[[structure]]\ncode = "{structure}"\nname = "load"\nlatitude = 0\nlongitude = 0\n'
        for number, block in enumerate(mine):
            role = "ground" if number == 0 else "structure"
            text += (
                f'[[structure.node]]\ncode = "{block.stream.node}"\nname = "n"\nrole = "{role}"\n'
                f'[[structure.node.instrument]]\nstream = "{block.stream.band_source}"\n'
                f'model = "adxl355_node"\nrate_hz = {block.rate_hz}\nunit = "m/s2"\n'
                f"sensitivity = {G_COUNTS}\nnoise_rms = 0.0016\naxes = ["
                + ", ".join(f'{{ code = "{axis}", azimuth_deg = 0 }}' for axis in block.stream.axes)
                .replace('"E", azimuth_deg = 0', '"E", azimuth_deg = 90')
                .replace('"Z", azimuth_deg = 0', '"Z", azimuth_deg = 0, dip_deg = -90')
                + "]\n"
            )
    return text


def publish(nodes: int, port: int, seconds: int, begun: Event) -> None:
    """Publish every node's block of each second, spread over the second.

    All messages are made before the first is due, so that making them slows nothing down.
    """
    begin_ns = time.time_ns() + round(nodes * seconds * MAKING_S * NS)
    messages = [
        (
            Address(network="XX", structure=block.stream.structure, agent="load").topic(
                TopicKind.BLOCKS, block.stream
            ),
            encode(block),
        )
        for block in Load(nodes=nodes).blocks(begin_ns, seconds)
    ]
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="load")
    client.max_inflight_messages_set(1000)
    client.connect("127.0.0.1", port)
    client.loop_start()
    time.sleep(max(0.0, (begin_ns - time.time_ns()) / NS))
    begun.set()
    for number, (topic, message) in enumerate(messages):
        second, node = divmod(number, nodes)
        due_ns = begin_ns + (second + 1) * NS + node * NS // nodes
        if (wait_s := (due_ns - time.time_ns()) / NS) > 0.002:
            time.sleep(wait_s)
        client.publish(topic, message, qos=1)
    time.sleep(1.0)
    client.disconnect()
    client.loop_stop()


def measure(nodes: int) -> dict[str, object]:
    """Run one load and return what it cost."""
    first = list(Load(nodes=nodes).blocks(0, 1))
    with tempfile.TemporaryDirectory() as name:
        folder, port, web = Path(name), free_port(), free_port()
        url = f"http://127.0.0.1:{web}/"
        (folder / "inventory.toml").write_text(inventory(first))
        config = folder / "collector.toml"
        config.write_text(f"[broker]\nport = {port}\n[web]\nport = {web}\n")
        with Processes(folder / "logs") as processes:
            processes.start("broker", broker_command(port, folder)[1])
            processes.wait_until("broker", lambda: accepts_connections(port), 30)
            words = [sys.executable, "-m", "plumbline.cli", "collector", "run", str(config)]
            child = processes.start("collector", words)
            processes.wait_until("collector", lambda: answers(url), 60)
            begun = multiprocessing.Event()
            load = multiprocessing.Process(target=publish, args=(nodes, port, SECONDS, begun))
            load.start()
            begun.wait()
            process = psutil.Process(child.process.pid)
            time.sleep(WARM_S)
            before, began = process.cpu_times(), time.monotonic()
            time.sleep(SECONDS - WARM_S - 5)
            after, span = process.cpu_times(), time.monotonic() - began
            resident = process.memory_info().rss
            load.join()
            time.sleep(2.0)
            with urllib.request.urlopen(url + "metrics", timeout=30) as answer:
                metrics = answer.read().decode()
            with urllib.request.urlopen(url + "healthz", timeout=30) as answer:
                stages = json.load(answer)["stages"]
    taken = next(
        x for x in metrics.splitlines() if x.startswith('plumbline_messages_total{outcome="taken"')
    )
    cpu = (after.user + after.system - before.user - before.system) / span
    return {
        "nodes": nodes,
        "blocks_published": nodes * SECONDS,
        "blocks_taken": int(float(taken.split()[-1])),
        "collector_cores": round(cpu, 3),
        "resident_mb": round(resident / 1e6),
        **{
            f"{stage}_{name}_ms": round(1e3 * report[f"delay_{name}_s"], 1)
            for stage, report in stages.items()
            for name in ("p50", "p99")
        },
    }


def json_peer(blocks: int) -> float:
    """Return the CPU seconds of parsing as many blocks as JSON, beside decoding ours."""
    samples = np.random.default_rng(1).integers(-100, 100, (3, 100)).tolist()
    message = json.dumps({"t": 1_782_000_000.123, "x": samples}).encode()
    began = time.process_time()
    for _ in range(blocks):
        np.array(json.loads(message)["x"], dtype=np.int32)
    return time.process_time() - began


if __name__ == "__main__":
    for n_blocks in [int(word) for word in sys.argv[1:]] or [100, 300]:
        report = measure(n_blocks)
        report["json_parse_cores"] = round(json_peer(n_blocks), 4)
        print(json.dumps(report), flush=True)
