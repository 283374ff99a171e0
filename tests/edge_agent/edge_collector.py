"""A stand-in for the collector, for tests of the edge agent."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable

import paho.mqtt.client as mqtt

from plumbline.wire.block import Block
from plumbline.wire.messages import BootMark, Command, Heartbeat, State, Watermark
from plumbline.wire.ranges import RangeSet
from plumbline.wire.record import decode
from plumbline.wire.topics import TopicKind, all_of, parsed


class StandInCollector:
    """Takes blocks and tells by watermark what it holds, as the collector's contract says."""

    def __init__(self, broker_port: int, store: str = "00000000000000aa") -> None:
        self.store = store
        self.blocks: dict[tuple[str, int, int], Block] = {}
        self.repeats = 0
        self.states: list[State] = []
        self.beats: list[Heartbeat] = []
        self.ignores: Callable[[Block], bool] = lambda block: False
        self.refuses: Callable[[Block], str | None] = lambda block: None
        self.sends_watermarks = True
        self._agents: dict[str, object] = {}
        self._refused: dict[tuple[str, int], list[tuple[int, int, str]]] = defaultdict(list)
        self._lock = threading.Lock()
        self._client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id="stand-in-collector", clean_session=False
        )
        self._client.on_connect = self._subscribe
        self._client.on_message = self._take
        self._client.connect("127.0.0.1", broker_port)
        self._client.loop_start()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._speak, daemon=True)
        self._thread.start()

    def __enter__(self) -> "StandInCollector":
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._client.disconnect()
        self._client.loop_stop()

    def of(self, key: str) -> list[Block]:
        """Return the blocks of a stream in the order of their time."""
        with self._lock:
            found = [block for (stream, _, _), block in self.blocks.items() if stream == key]
        return sorted(found, key=lambda block: block.start_ns)

    def samples(self, key: str) -> int:
        return sum(block.n_samples for block in self.of(key))

    def forget(self, store: str) -> None:
        """Become another collector, that holds nothing."""
        with self._lock:
            self.blocks.clear()
            self.store = store

    def request(self, block: Block) -> None:
        """Ask the agent for a block again."""
        address = self._agents[block.stream.key]
        boot = f"{block.boot:016x}"
        command = Command(
            id="1", action="resend", stream=block.stream.key, boot=boot, first=block.seq,
            last=block.seq,
        )  # fmt: skip
        self._client.publish(address.topic(TopicKind.COMMAND), command.to_json(), qos=1)

    def _subscribe(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe(
            [(all_of(kind), 1) for kind in (TopicKind.BLOCKS, TopicKind.STATE, TopicKind.HEARTBEAT)]
        )

    def _take(self, client: mqtt.Client, userdata: object, message: mqtt.MQTTMessage) -> None:
        address, kind, _ = parsed(message.topic)
        with self._lock:
            if kind is TopicKind.STATE and message.payload.startswith(b"{"):
                self.states.append(State.from_json(message.payload))
            elif kind is TopicKind.HEARTBEAT:
                self.beats.append(Heartbeat.from_json(message.payload))
            elif kind is TopicKind.BLOCKS:
                self._take_block(address, decode(message.payload))

    def _take_block(self, address: object, block: Block) -> None:
        key = (block.stream.key, block.boot, block.seq)
        self._agents[block.stream.key] = address
        if self.ignores(block):
            return
        if reason := self.refuses(block):
            self._refused[key[:2]].append((block.seq, block.seq, reason))
            return
        if key in self.blocks:
            self.repeats += 1
            assert self.blocks[key].same_as(block), f"{key} came twice and differs"
        self.blocks[key] = block

    def _speak(self) -> None:
        while not self._stopping.wait(0.2):
            if self.sends_watermarks:
                self.speak()

    def speak(self) -> None:
        with self._lock:
            held: dict[str, dict[int, RangeSet]] = defaultdict(lambda: defaultdict(RangeSet))
            for stream, boot, seq in self.blocks:
                held[stream][boot].add(seq)
            for stream, boot in self._refused:
                held[stream][boot] = held[stream][boot]
            marks = {
                stream: tuple(
                    BootMark(
                        boot=f"{boot:016x}",
                        held=tuple(ranges),
                        refused=tuple(self._refused.get((stream, boot), ())),
                    )
                    for boot, ranges in boots.items()
                )
                for stream, boots in held.items()
            }
            for key, address in self._agents.items():
                watermark = Watermark(
                    store=self.store, stream=key, sent_ns=time.time_ns(), boots=marks.get(key, ())
                )
                topic = address.topic(TopicKind.WATERMARK) + "/" + key.split(".", 2)[2]
                self._client.publish(topic, watermark.to_json(), qos=1, retain=True)
