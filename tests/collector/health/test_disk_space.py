"""The disk-space alarm comes while there is time, once, and goes by itself."""

from pathlib import Path

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.health.disk_space import DiskWatch, Space

HOUR_NS = 3600 * 10**9


class Disk:
    def __init__(self, free_gb: float) -> None:
        self.free_gb = free_gb
        self.conditions = Conditions()
        self.watch = DiskWatch(Path("data"), self.conditions, lambda _: int(self.free_gb * 1e9))
        self.now_ns = 10**18

    def after(self, hours: float, free_gb: float) -> Space:
        self.now_ns += round(hours * HOUR_NS)
        self.free_gb = free_gb
        return self.watch.poll(self.now_ns).space

    def open_keys(self) -> list[str]:
        return [condition.key for condition in self.conditions.open()]


def test_plenty_of_space_says_nothing() -> None:
    disk = Disk(500)
    assert disk.after(0, 500) is Space.PLENTY
    assert disk.after(1, 499) is Space.PLENTY
    assert disk.open_keys() == []


def test_a_disk_that_will_be_full_within_a_day_is_told_with_the_hours_left() -> None:
    disk = Disk(100)
    disk.after(0, 100)
    assert disk.after(1, 95) is Space.LOW
    assert disk.open_keys() == ["disk-low"]
    assert "95.0 GB left, full in 19 h" in disk.conditions.open()[0].text


def test_the_last_gigabyte_is_critical_and_freeing_space_ends_both() -> None:
    disk = Disk(6)
    disk.after(0, 6)
    assert disk.after(1, 0.9) is Space.CRITICAL
    assert disk.open_keys() == ["disk-low", "disk-critical"] or disk.open_keys() == [
        "disk-critical",
        "disk-low",
    ]
    assert disk.after(1, 600) is Space.PLENTY
    assert disk.open_keys() == []


def test_the_alarm_does_not_flicker_at_its_bound() -> None:
    disk = Disk(5.1)
    states = [disk.after(24 * 7, gb) for gb in (5.1, 4.99, 5.01, 4.99, 5.01, 5.6)]
    assert states == [Space.PLENTY, Space.LOW, Space.LOW, Space.LOW, Space.LOW, Space.PLENTY]
    assert len(disk.conditions.ended()) == 1


def test_it_looks_once_a_minute() -> None:
    disk = Disk(50)
    disk.after(0, 50)
    assert disk.after(10 / 3600, 0.1) is Space.PLENTY
    assert disk.after(60 / 3600, 0.1) is Space.CRITICAL
