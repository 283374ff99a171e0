"""A signal ends a loop wherever in its wait it comes."""

import signal
import subprocess
import sys

LOOP = """
import threading
from plumbline.wire.stopping import set_on_signal
stop = set_on_signal(threading.Event())
print("waits", flush=True)
while not stop.wait(1e-5):
    pass
"""


def test_a_signal_inside_a_wait_ends_it_every_time() -> None:
    for _ in range(10):
        with subprocess.Popen([sys.executable, "-c", LOOP], stdout=subprocess.PIPE) as waiting:
            assert waiting.stdout is not None
            waiting.stdout.readline()
            waiting.send_signal(signal.SIGTERM)
            assert waiting.wait(20) == 0
