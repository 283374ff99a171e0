"""Prometheus metrics, read from what the collector already counts when somebody scrapes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricReading:
    """One metric as it is now: its samples by label values.

    Attributes
    ----------
    labels
        Names of the labels.
    samples
        ``{("series",): 12.0}``, one value for each tuple of label values.
    counts
        Whether it only ever grows; its name in the exposition then ends in ``_total``.
    """

    name: str
    help: str
    labels: tuple[str, ...]
    samples: Mapping[tuple[str, ...], float]
    counts: bool = False


class Metrics(Collector):
    """Everything that is scraped.

    Parameters
    ----------
    read
        Returns the readings of this moment.
    """

    def __init__(self, read: Callable[[], Iterable[MetricReading]]) -> None:
        self._read = read
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """Yield the metric families; called by the registry."""
        for reading in self._read():
            kind = CounterMetricFamily if reading.counts else GaugeMetricFamily
            family = kind(f"plumbline_{reading.name}", reading.help, labels=reading.labels)
            for values, sample in reading.samples.items():
                family.add_metric(values, sample)
            yield family

    def describe(self) -> Iterator[Metric]:
        """Yield nothing: what there is depends on the inventory."""
        return iter(())

    def text(self) -> bytes:
        """Return the exposition."""
        return generate_latest(self._registry)
