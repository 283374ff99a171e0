"""Screen of a running demonstration: a line for each event and each message sent."""

import datetime as dt
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

SITE = ZoneInfo("Asia/Bangkok")
NAMES = {
    "piling": "piling: hammer blows, 5 to 30 Hz",
    "earthquake": "recorded earthquake",
    "far_earthquake": "far earthquake (synthetic), periods 2 to 4 s",
    "settlement": "the raft settles on one side",
    "tilt": "upper floors lean",
}


class Screen:
    """Prints each event, each revision that closes it, and each message once.

    Parameters
    ----------
    url
        The collector's page.
    acts
        Begin [s], end [s] and kind of everything the simulator will do.
    """

    def __init__(self, url: str, acts: Sequence[tuple[float, float, str]]) -> None:
        self._url = url
        self._coming = sorted(acts)
        self._printed: set[str] = set()

    def poll(self, second: float) -> None:
        """Print what is new."""
        while self._coming and self._coming[0][0] <= second:
            begin, end, kind = self._coming.pop(0)
            print_line(f"{begin:6.0f} s  site      {NAMES.get(kind, kind)}, until {end:.0f} s")
        state = self._state_now()
        for event in reversed(state.get("events", [])):
            self._event(second, event)
        for incident in reversed(state.get("alerts", [])):
            for notice in incident["told"]:
                text = f"{notice['person']}: {notice['text']}".replace("\n", " / ")
                self._once(f"{incident['code']}{notice['when_ns']}{text}", second, "sms", text)

    def _event(self, second: float, event: dict[str, Any]) -> None:
        kind = event["kind"].replace("_", " ")
        what = f"{kind} {event['level']}, onset {clock(event['onset_ns'])}, by {event['detector']}"
        self._once(event["id"], second, "event", what)
        if event["closed_ns"]:
            over = (
                f"{kind} over at {clock(event['closed_ns'])}: {event['value']:.3g} {event['unit']}"
            )
            self._once(event["id"] + "over", second, "event", over)

    def _once(self, key: str, second: float, who: str, text: str) -> None:
        if key not in self._printed:
            self._printed.add(key)
            print_line(f"{second:6.0f} s  {who:<8}  {text}")

    def _state_now(self) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(self._url + "api/now", timeout=5) as answer:  # noqa: S310
                state: dict[str, Any] = json.load(answer)
                return state
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return {}


def clock(time_ns: str | int) -> str:
    """Return a time of day at the site."""
    moment = dt.datetime.fromtimestamp(int(time_ns) / 1e9, tz=SITE)
    return f"{moment:%H:%M:%S}"


def print_line(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
