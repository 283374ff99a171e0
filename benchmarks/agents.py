"""Ten whole agents on pseudo-terminals: arrival to decision, and CPU of every process; JSON lines.

Run: ``python -m benchmarks.agents [SECONDS]`` (60 unless told). Each agent reads an ADXL355 node,
3 x 100 Hz, and a tiltmeter; rig, agents, mosquitto and collector are the real processes. Beside
them, in the same run, a bare paho client sends itself a message of a block's size ten times a
second through the same broker: what the machine and the broker alone cost.
"""

import json
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import numpy as np
import paho.mqtt.client as mqtt
import psutil

from plumbline.demo.broker import broker_command
from plumbline.demo.processes import Child, Processes
from plumbline.demo.run import accepts_connections, answers, began, free_port
from plumbline.demo.tower import Spot, accelerometer, edge_text, inventory_text, lily, rig_text
from plumbline.demo.tower import tuff_tilt as floor_tilt

AGENTS = 10
WARM_S = 20.0
ECHO_BYTES = 750
BUDGET = {"agent_core_percent": 3.0, "agent_resident_mb": 80.0, "decision_p99_ms": 200.0}


def spots() -> list[Spot]:
    """Return a node and a tiltmeter for each agent; the first pair is on the ground."""
    found = [accelerometer("0A", "ground", "ground", 0, "pi-0"), lily("0T", "raft", "pi-0")]
    for number in range(1, AGENTS):
        level, agent = 3 * number, f"pi-{number}"
        found.append(accelerometer(f"{number}A", f"level {level}", "structure", level, agent))
        found.append(floor_tilt(f"{number}T", f"level {level}", level, agent))
    return found


class Echo:
    """Round-trip times of messages through a broker. [s]"""

    def __init__(self, port: int) -> None:
        self.took_s: list[float] = []
        self._stop = threading.Event()
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="echo")
        self._client.on_message = self._back
        self._client.connect("127.0.0.1", port)
        self._client.subscribe("echo", 1)
        self._client.loop_start()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(0.1):
            stamp = time.perf_counter_ns().to_bytes(8, "little")
            self._client.publish("echo", stamp + bytes(ECHO_BYTES - 8), qos=1)

    def _back(self, _client: object, _userdata: object, message: mqtt.MQTTMessage) -> None:
        sent_ns = int.from_bytes(message.payload[:8], "little")
        self.took_s.append((time.perf_counter_ns() - sent_ns) / 1e9)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self._client.disconnect()
        self._client.loop_stop()


def write_files(folder: Path, broker: int, web: int, seconds: float) -> list[str]:
    """Write every configuration; return the names of the agents."""
    ours, ports = spots(), folder / "ports"
    (folder / "inventory.toml").write_text(inventory_text(ours))
    rig = rig_text([], ports=ports, truth=folder / "truth", seconds=seconds, spots=ours)
    (folder / "rig.toml").write_text(rig)
    (folder / "collector.toml").write_text(f"[broker]\nport = {broker}\n[web]\nport = {web}\n")
    names = list(dict.fromkeys(spot.agent for spot in ours))
    for name in names:
        spool = folder / f"{name}.db"
        text = edge_text(name, ports=ports, spool=spool, broker_port=broker, spots=ours)
        (folder / f"{name}.toml").write_text(text)
    return names


def started(processes: Processes, folder: Path, broker: int, web: int) -> dict[str, Child]:
    """Start everything; return the processes by name when the instruments are read."""
    names = write_files(folder, broker, web, 600.0)
    python, cli = sys.executable, ["-m", "plumbline.cli"]
    children = {"broker": processes.start("broker", broker_command(broker, folder)[1])}
    processes.wait_until("broker", lambda: accepts_connections(broker), 30)
    words = [python, *cli, "collector", "run", str(folder / "collector.toml")]
    children["collector"] = processes.start("collector", words)
    processes.wait_until("collector", lambda: answers(f"http://127.0.0.1:{web}/"), 60)
    words = [python, "-m", "plumbline.simulator.rig", str(folder / "rig.toml")]
    children["rig"] = processes.start("rig", words)
    for name in names:
        words = [python, *cli, "edge", "run", "--config", str(folder / f"{name}.toml")]
        children[name] = processes.start(name, words)
    processes.wait_until("instruments", lambda: began(children["rig"]) is not None, 90)
    return children


def measure(seconds: float) -> list[dict[str, object]]:
    """Run everything and return a line for each process, and one for the way through."""
    broker, web = free_port(), free_port()
    with tempfile.TemporaryDirectory() as name, Processes(Path(name) / "logs") as processes:
        children = started(processes, Path(name), broker, web)
        watched = {who: psutil.Process(child.process.pid) for who, child in children.items()}
        time.sleep(WARM_S)
        echo = Echo(broker)
        before = {who: process.cpu_times() for who, process in watched.items()}
        began_s = time.monotonic()
        time.sleep(seconds)
        processes.check()
        span_s = time.monotonic() - began_s
        echo.stop()
        lines: list[dict[str, object]] = []
        cores: dict[str, float] = {}
        for who, process in watched.items():
            after = process.cpu_times()
            used_s = after.user + after.system - before[who].user - before[who].system
            cores[who] = used_s / span_s
            resident_mb = round(process.memory_info().rss / 1e6, 1)
            core_percent = round(100 * cores[who], 2)
            lines.append({"process": who, "core_percent": core_percent, "resident_mb": resident_mb})
        stages = fetched(web, "healthz")["stages"]
        channels = fetched(web, "api/status")["channels"]
    agents = [100 * cores[who] for who in cores if who.startswith("pi-")]
    late_s = [channel["latency_s"] for channel in channels if ".HN" in channel["channel"]]
    lines.append(
        {
            "agents": AGENTS,
            "seconds": round(span_s, 1),
            "decision_p50_ms": round(1e3 * stages["detect"]["delay_p50_s"], 1),
            "decision_p99_ms": round(1e3 * stages["detect"]["delay_p99_s"], 1),
            "last_sample_to_arrival_median_ms": round(1e3 * float(np.median(late_s)), 1),
            "agent_core_percent_mean": round(float(np.mean(agents)), 2),
            "agent_core_percent_worst": round(max(agents), 2),
            "echo_p50_ms": round(1e3 * float(np.percentile(echo.took_s, 50)), 1),
            "echo_p99_ms": round(1e3 * float(np.percentile(echo.took_s, 99)), 1),
            "budget": BUDGET,
        }
    )
    return lines


def fetched(web: int, what: str) -> dict[str, dict[str, dict[str, float]]]:
    """Return what the collector's page answers."""
    with urllib.request.urlopen(f"http://127.0.0.1:{web}/{what}", timeout=30) as answer:
        return json.load(answer)


if __name__ == "__main__":
    for line in measure(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0):
        print(json.dumps(line), flush=True)
