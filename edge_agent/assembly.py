"""From one instrument of the configuration to the reader of its port."""

from collections.abc import Callable

from plumbline.edge_agent.blocks import Gatherer, block_seconds
from plumbline.edge_agent.clock import Clock
from plumbline.edge_agent.clock_memory import ClockMemory
from plumbline.edge_agent.framing import Rejected
from plumbline.edge_agent.reader import Reader
from plumbline.edge_agent.serial_port import SerialPort
from plumbline.edge_agent.settings import EdgeSettings, InstrumentSettings
from plumbline.wire.block import Block


def reader_of(
    settings: EdgeSettings,
    instrument: InstrumentSettings,
    boot: int,
    clock: Clock,
    *,
    reject: Callable[[str, Rejected, int], None],
    emit: Callable[[Block], None],
    recall: Callable[[str], ClockMemory | None],
    block_s: float | None = None,
) -> Reader:
    """Return the reader of one instrument, its port not yet open.

    Parameters
    ----------
    settings, instrument
        The configuration, and the instrument of it.
    boot
        Number of this start of the agent.
    clock
        The host's clocks.
    reject, emit
        Take unreadable bytes and finished blocks.
    recall
        Tells what is remembered of a stream's clock.
    block_s
        Length of blocks, where neither the configuration nor custom shall say it. [s]
    """
    gatherers = {}
    for code, output in instrument.streams().items():
        rate_hz = instrument.rate_of(output)
        stream = settings.stream_id(instrument, code)
        gatherers[output.name] = Gatherer(
            stream=stream,
            boot=boot,
            rows=instrument.rows_of(output),
            rate_hz=rate_hz,
            block_s=block_s or instrument.block_s or block_seconds(rate_hz),
            traits=instrument.spec.clock,
            machine_boot=clock.machine_boot,
            remembered=recall(stream.key),
        )
    rate_hz = instrument.rate_of(instrument.spec.usual)
    return Reader(
        port=SerialPort(
            instrument.port, baud=instrument.line_baud, monotonic_ns=clock.monotonic_ns
        ),
        driver=instrument.spec.make(rate_hz, instrument.line_baud),
        gatherers=gatherers,
        clock=clock,
        reject=reject,
        emit=emit,
    )
