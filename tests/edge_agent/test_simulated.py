"""The drivers on the simulator's bytes, which were written from data sheets and not from them.

The simulator's truth says what each sample was, when, and what befell it on the line.
"""

import numpy as np
import pytest

from plumbline.edge_agent.blocks import Gatherer, block_seconds
from plumbline.edge_agent.drivers import DRIVERS
from plumbline.edge_agent.framing import Rejected
from plumbline.edge_agent.readings import Readings
from plumbline.edge_agent.timebase import HostTime
from plumbline.simulator.line import Fate
from plumbline.simulator.offline import deliveries
from plumbline.simulator.spec import FaultSpec, InstrumentSpec, RigSpec, StructureSpec
from plumbline.wire.identity import StreamId

START_NS = 1_743_142_800_000_000_000
STILL = StructureSpec(storeys=3, first_period_s=(1.0, 0.9), ambient_gal=0.01, wind_roof_gal=0.01)
SECONDS = 200.0
KINDS = {
    "adxl355_node": ("adxl355_node", {}),
    "adxl355_node both streams": ("adxl355_node", {"streams": [0, 1]}),
    "witmotion_wt901": ("witmotion_wt901", {}),
    "lily": ("lily", {}),
    "lily behind a hub": ("lily", {"style": "botpt"}),
    "tuff_tilt SIM": ("tuff_tilt", {"format": "SIM"}),
    "tuff_tilt XDR": ("tuff_tilt", {"format": "XDR"}),
}
FAULTS = {
    "none": (),
    "dropped": (FaultSpec(kind="drop", port="p", start_s=0, seconds=SECONDS, share=0.05),),
    "corrupted": (FaultSpec(kind="corrupt", port="p", start_s=0, seconds=SECONDS, share=0.05),),
    "twice": (FaultSpec(kind="duplicate", port="p", start_s=0, seconds=SECONDS, share=0.05),),
    "unplugged": (FaultSpec(kind="unplug", port="p", start_s=80, seconds=12.5),),
    "power cut": (FaultSpec(kind="power_cut", port="p", start_s=80, seconds=12.5),),
}


class Run:
    """An instrument, its faults, its driver and its gatherers, run in simulated time."""

    def __init__(self, name, faults):
        kind, options = KINDS[name]
        instrument = InstrumentSpec(
            port="p", kind=kind, node="00", jitter_ms=20.0, clock_ppm=40.0, options=options
        )
        spec = RigSpec(structure=STILL, instrument=(instrument,), fault=faults)
        self.spec = DRIVERS[kind]
        driver = self.spec.make(self.spec.usual.rate_hz, self.spec.baud)
        self.gatherers = {output.name: self._gatherer(output) for output in self.spec.outputs}
        self.blocks = {name: [] for name in self.gatherers}
        self.sent = {}
        self.rejected = []
        host = HostTime(offset_ns=0, synchronised=True)
        for _, delivery in deliveries(spec, start_ns=START_NS, seconds=SECONDS):
            for item in driver.feed(delivery.payload, delivery.arrival_ns):
                if isinstance(item, Readings):
                    gatherer = self.gatherers[item.output]
                    self.blocks[item.output] += gatherer.feed(item, host)
                elif isinstance(item, Rejected):
                    self.rejected.append(item)
            for sent in delivery.sent:
                key = sent.stream.band_source
                rows = self.sent.setdefault(key, [])
                rows += zip(
                    sent.times_ns.tolist(),
                    map(tuple, sent.counts.T.tolist()),
                    [delivery.fate] * sent.counts.shape[1],
                    strict=True,
                )
        for name, gatherer in self.gatherers.items():
            self.blocks[name] += gatherer.cut(host)

    def _gatherer(self, output):
        stream = StreamId(
            network="XX", structure="TWR01", node="00", band_source=output.stream, axes=output.axes
        )
        return Gatherer(
            stream=stream, boot=1, rows=tuple(range(len(output.own_axes))), rate_hz=output.rate_hz,
            block_s=block_seconds(output.rate_hz), traits=self.spec.clock,
        )  # fmt: skip

    def compared(self, output):
        """Find each block in the truth; return samples found, blocks not found, and times.

        A block is found where its samples stand in the truth in that order, without a hole, at
        the place nearest to its time.
        """
        truth = [row for row in self.sent[output.stream] if row[2] is not Fate.UNHEARD]
        times = np.array([time for time, _, _ in truth])
        counts = np.array([row for _, row, _ in truth])
        found, unfound, at, errors_ns = 0, 0, 0, []
        for block in self.blocks[output.name]:
            n = block.n_samples
            places = [
                k
                for k in at + np.flatnonzero((counts[at:] == block.counts[:, 0]).all(axis=1))
                if np.array_equal(counts[k : k + n], block.counts.T)
                and np.allclose(np.diff(times[k : k + n]), 1e9 / output.rate_hz, rtol=1e-3)
            ]
            if not places:
                unfound += 1
                continue
            here = min(places, key=lambda k: abs(int(times[k]) - block.start_ns))
            found += n
            errors_ns.append((block.start_ns, block.start_ns - times[here], block.clock_error_ns))
            at = here + n
        return found, unfound, np.array(errors_ns)

    def outputs(self):
        return [output for output in self.spec.outputs if output.stream in self.sent]

    def fates(self, output, *fates):
        return sum(fate in fates for _, _, fate in self.sent[output.stream])


@pytest.mark.slow
@pytest.mark.parametrize("faults", [name for name in FAULTS if name != "corrupted"])
@pytest.mark.parametrize("name", KINDS)
def test_every_sample_that_came_is_there_once_and_in_its_time(name, faults):
    run = Run(name, FAULTS[faults])
    assert run.outputs()
    for output in run.outputs():
        found, unfound, errors_ns = run.compared(output)
        assert (found, unfound) == (run.fates(output, Fate.DELIVERED, Fate.TWICE), 0)
        assert (np.abs(errors_ns[:, 1]) <= errors_ns[:, 2]).all()
        settled = (errors_ns[:, 0] > START_NS + 62e9) & (errors_ns[:, 2] < 12e6)
        if run.spec.clock.counted:
            assert np.abs(errors_ns[settled, 1]).max() < 5e6


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_a_damaged_frame_costs_itself_and_at_most_its_neighbour(name):
    run = Run(name, FAULTS["corrupted"])
    damaged_frames = run.fates(run.outputs()[0], Fate.CORRUPTED) / (5 if "adxl" in name else 1)
    for output in run.outputs():
        found, unfound, _ = run.compared(output)
        whole = run.fates(output, Fate.DELIVERED)
        n = {"raw": 10, "decimated": 5}.get(output.name, 1)
        # Sixteen bits of CRC let nothing through here, eight bits of sum one damage in 256; a digit
        # of a line without checksum can become another, and the hub's time be damaged alone.
        has_no_sum = "SIM" in name or "lily" in name
        assert unfound <= damaged_frames * (0 if "adxl" in name else 1 if has_no_sum else 0.02)
        assert found <= whole + has_no_sum * damaged_frames
        if not unfound:
            assert found >= whole - 0.1 * n * damaged_frames - 2 * n


@pytest.mark.parametrize("step_s", [-7200.0, 30.0, 7200.0])
@pytest.mark.parametrize("name", ["witmotion_wt901", "lily behind a hub"])
def test_a_clock_that_is_set_in_the_instrument_moves_no_sample(name, step_s):
    run = Run(name, (FaultSpec(kind="clock_step", port="p", start_s=100, step_s=step_s),))
    for output in run.outputs():
        found, unfound, errors_ns = run.compared(output)
        assert (found, unfound) == (run.fates(output, Fate.DELIVERED), 0)
        assert (np.abs(errors_ns[:, 1]) <= errors_ns[:, 2]).all()
        assert run.gatherers[output.name].restarts == (1 if "wt901" in name else 0)
