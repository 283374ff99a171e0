"""The edge agent's configuration, ``edge.toml``."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from plumbline.edge_agent.drivers import DRIVERS, USUAL_ROWS, DriverSpec, Output
from plumbline.wire.broker_settings import BrokerSettings
from plumbline.wire.identity import StreamId, code_problem
from plumbline.wire.settings import BadSettings, BesidePath, Problem, Settings, read_settings
from plumbline.wire.topics import Address, agent_problem

MB = 1_000_000
PROMPT_COMMIT_MS = 50


def _code(field: str) -> AfterValidator:
    def check(code: str) -> str:
        if problem := code_problem(field, code):
            raise ValueError(problem)
        return code

    return AfterValidator(check)


def _agent(name: str) -> str:
    if problem := agent_problem(name):
        raise ValueError(problem)
    return name


class PublisherSettings(BrokerSettings):
    """The agent's connection to the broker; what it cannot read stops no reading."""

    keepalive_s: Annotated[int, Field(ge=5, le=600)] = 30
    backlog_per_s: Annotated[float, Field(gt=0, le=10_000)] = 200.0

    @model_validator(mode="after")
    def _whole_login(self) -> "PublisherSettings":
        if (self.username is None) != (self.password_file is None):
            raise ValueError("username and password_file go together: give both or neither")
        return self


class SpoolSettings(Settings):
    """Where blocks wait until the collector holds them."""

    path: BesidePath = Field(default=Path("spool.db"), validate_default=True)
    bound_mb: Annotated[float, Field(ge=1)] = 2000.0
    commit_ms: Annotated[int, Field(ge=1, le=1000)] = 20
    sd_card: bool = False
    """Allow ``commit_ms`` up to 1000: fewer writes, and up to a second more latency and loss."""

    @model_validator(mode="after")
    def _prompt(self) -> "SpoolSettings":
        if self.commit_ms > PROMPT_COMMIT_MS and not self.sd_card:
            raise ValueError(
                f"commit_ms = {self.commit_ms}: at most {PROMPT_COMMIT_MS}, or set sd_card = true, "
                "which spares the card and makes data up to that much later (and lost at a kill)"
            )
        return self


class InstrumentSettings(Settings):
    """One instrument on one port."""

    driver: str
    port: Annotated[str, Field(min_length=1)]
    node: Annotated[str, _code("node")]
    stream: str | tuple[str, ...] | None = None
    axes: Annotated[str, _code("axes")] | None = None
    map: str | None = None
    temperature: str | None = None
    """Stream of the instrument's temperature; an empty text turns it off."""
    baud: Annotated[int, Field(ge=1200, le=4_000_000)] | None = None
    rate_hz: Annotated[float, Field(gt=0)] | None = None
    block_s: Annotated[float, Field(ge=0.1, le=60)] | None = None

    @model_validator(mode="after")
    def _fits_its_driver(self) -> "InstrumentSettings":
        if problems := list(self._problems()):
            raise ValueError("; ".join(problems))
        return self

    @property
    def spec(self) -> DriverSpec:
        """The driver's line in the table."""
        return DRIVERS[self.driver]

    @property
    def line_baud(self) -> int:
        """Speed of the line. [baud]"""
        return self.baud or self.spec.baud

    def rate_of(self, output: Output) -> float:
        """Return the nominal rate of one output. [Hz]"""
        return self.rate_hz or output.rate_hz

    def streams(self) -> dict[str, Output]:
        """Return the outputs that are wanted, by band and source codes."""
        wanted = [self.stream] if isinstance(self.stream, str) else self.stream
        primary = [output for output in self.spec.outputs if not output.secondary]
        found: dict[str, Output] = {}
        for code in wanted or [self.spec.usual.stream]:
            for output in primary:
                if code[:1] in output.bands_at(self.rate_of(output)):
                    found[code] = output
        for output in self.spec.outputs:
            code = output.stream if self.temperature is None else self.temperature
            if output.secondary and code:
                found[code] = output
        return found

    def axes_of(self, output: Output) -> str:
        """Return the axis codes of one output, in the order of the rows."""
        return output.axes if output.secondary else self.axes or output.axes

    def rows_of(self, output: Output) -> tuple[int, ...]:
        """Return, for each axis of a block, the row of the driver's readings."""
        own = "" if output.secondary else self.map
        own = own or "".join(USUAL_ROWS.get(axis, "") for axis in self.axes_of(output))
        return tuple(output.own_axes.index(letter) for letter in own)

    def _problems(self) -> Any:
        if self.driver not in DRIVERS:
            yield f"driver {self.driver!r}: expected one of {', '.join(DRIVERS)}"
            return
        wanted = [self.stream] if isinstance(self.stream, str) else self.stream or []
        for code in [*wanted, *([self.temperature] if self.temperature else [])]:
            if problem := code_problem("band_source", code):
                yield f"stream: {problem}"
        rates = self.spec.rates_hz
        if self.rate_hz is not None and self.rate_hz not in rates:
            choice = ", ".join(f"{rate:g}" for rate in rates) or "none: leave rate_hz out"
            yield f"rate_hz = {self.rate_hz:g}: {self.driver} offers {choice}"
        primary = [output for output in self.spec.outputs if not output.secondary]
        for code in set(wanted) - set(self.streams()):
            offers = ", ".join(
                f"{self.rate_of(output):g} Hz ({' or '.join(output.bands_at(self.rate_of(output)))}"
                f", usually {output.stream})"
                for output in primary
            )
            yield f"stream {code!r}: its band code fits no output of {self.driver}: {offers}"
        if self.temperature and not any(output.secondary for output in self.spec.outputs):
            yield f"temperature: {self.driver} gives none; leave it out"
        own = primary[0].own_axes
        axes = self.axes or primary[0].axes
        letters = self.map or "".join(USUAL_ROWS.get(axis, "?") for axis in axes)
        if sorted(letters) != sorted(own):
            yield (
                f"axes {axes!r} with map {self.map!r}: map must name each of {own!r} once, in the "
                "order of axes"
            )
        elif len(axes) != len(own):
            yield f"axes {axes!r}: {self.driver} has {len(own)} axes"


class EdgeSettings(Settings):
    """All settings of an edge agent, as ``edge.toml`` holds them."""

    agent: Annotated[str, AfterValidator(_agent)]
    network: Annotated[str, _code("network")]
    structure: Annotated[str, _code("structure")]
    broker: PublisherSettings = PublisherSettings()
    spool: SpoolSettings
    instrument: Annotated[tuple[InstrumentSettings, ...], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _spool_beside_the_file(cls, content: Any) -> Any:
        return {"spool": {}, **content} if isinstance(content, dict) else content

    @property
    def address(self) -> Address:
        """Where this agent is on the broker."""
        return Address(network=self.network, structure=self.structure, agent=self.agent)

    def stream_id(self, instrument: InstrumentSettings, code: str) -> StreamId:
        """Return the identity of one stream of one instrument."""
        return StreamId(
            network=self.network,
            structure=self.structure,
            node=instrument.node,
            band_source=code,
            axes=instrument.axes_of(instrument.streams()[code]),
        )


def read_edge(path: Path) -> EdgeSettings:
    """Read and check ``edge.toml``.

    Raises
    ------
    BadSettings
        With every problem of the file.
    """
    settings = read_settings(path, EdgeSettings)
    problems: list[Problem] = []
    ports: dict[str, int] = {}
    keys: dict[str, int] = {}
    for number, instrument in enumerate(settings.instrument):
        where = f"instrument[{number}]"
        if (first := ports.setdefault(instrument.port, number)) != number:
            what = f"{instrument.port} is already the port of instrument[{first}]"
            problems.append(Problem(where=f"{where}.port", what=what))
        for code in instrument.streams():
            key = settings.stream_id(instrument, code).key
            if (first := keys.setdefault(key, number)) != number:
                what = f"{key} is already a stream of instrument[{first}]; give it another node"
                problems.append(Problem(where=f"{where}.stream", what=what))
    if problems:
        raise BadSettings(path, problems)
    return settings
