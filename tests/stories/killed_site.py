"""A whole site whose processes are killed at seeded random moments."""

import random
import time
from pathlib import Path

from stories.whole_site import WholeSite

from plumbline.demo.tower import accelerometer

SPOTS = (
    accelerometer("0A", "ground", "ground", 0, "pi-ground", 20.0),
    accelerometer("3A", "roof", "roof", 30, "pi-roof", 40.0),
)


class KilledSite(WholeSite):
    """Two ADXL355 nodes read by two agents."""

    def __init__(self, folder: Path, *, seconds: float) -> None:
        super().__init__(folder, {spot.agent: [spot] for spot in SPOTS}, seconds=seconds)

    def kill(self, name: str) -> None:
        """SIGKILL one of broker, collector, pi-ground, pi-roof; start it again at once."""
        if name == "broker":
            self.broker.kill()
            self.broker.start()
            return
        self.processes.kill(name)
        self.begin(name)

    def kill_at_random(self, kills: int, seed: int, between_s: tuple[float, float]) -> list[str]:
        """Kill so many times at seeded random moments; return what was killed."""
        rng = random.Random(seed)
        names = ["broker", "collector", *self.agents]
        done = []
        for _ in range(kills):
            time.sleep(rng.uniform(*between_s))
            done.append(rng.choice(names))
            self.kill(done[-1])
        return done
