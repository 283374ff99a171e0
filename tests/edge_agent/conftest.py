"""The edge agent's test bench is importable, and a real broker is a fixture."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from edge_bench import Mosquitto


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Callable[..., Mosquitto]]:
    """Return a maker of brokers on free ports; all are stopped at the end."""
    with ExitStack() as stack:

        def make(**options: str) -> Mosquitto:
            return stack.enter_context(Mosquitto(tmp_path, **options))

        yield make
