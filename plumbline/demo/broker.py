"""A broker for the demonstration: mosquitto where it is installed, else amqtt, as a process.

``python -m plumbline.demo.broker PORT`` runs amqtt on a loopback port until it is told to stop.
"""

import asyncio
import logging
import os
import shutil
import signal
import sys
from pathlib import Path


def broker_command(port: int, folder: Path) -> tuple[str, list[str]]:
    """Return the name of the broker and the command that starts it."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    if found := shutil.which("mosquitto", path=path):
        config = folder / "mosquitto.conf"
        config.write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n"
            "max_inflight_messages 0\n"
        )
        return "mosquitto", [found, "-c", str(config)]
    return "amqtt", [sys.executable, "-P", "-m", "plumbline.demo.broker", str(port)]


async def serve(port: int) -> None:
    """Run amqtt until SIGTERM or SIGINT."""
    from amqtt.broker import Broker

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {
                "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}
            },
        }
    )
    await broker.start()
    await stop.wait()
    await broker.shutdown()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(serve(int(sys.argv[1])))
