"""Writing the first ``edge.toml``, with what each line is for."""

from dataclasses import dataclass

from plumbline.edge_agent.drivers import DRIVERS, USUAL_ROWS

HEAD = """\
## Plumbline edge agent. '##' explains, '# key = value' shows a default.
## Check with: plumbline edge check    Look at readings with: plumbline edge watch

agent = "{agent}"                # name of this machine: small letters, digits, hyphens
network = "{network}"                   # FDSN code; XX is for tests, ask the FDSN for your own
structure = "{structure}"              # 1 to 5 capital letters or digits

[broker]
host = "{host}"            ## another machine than this one needs a password or TLS
# port = 1883
# username = "pi-ground"
# password_file = "broker.password"
# tls_ca = "ca.crt"
# keepalive_s = 30
# backlog_per_s = 200         ## blocks a second after a time without link

[spool]
path = "spool.db"             ## every block is here until the collector holds it
# bound_mb = 2000             ## beyond it, blocks the collector holds leave, oldest first
# commit_ms = 20              ## at most 50; with sd_card = true up to 1000: spares the card, and
# sd_card = false             ## makes data that much later, and that much more lost at a power cut
"""

INSTRUMENT = """
[[instrument]]                # {summary}
driver = "{driver}"
port = "{port}"
node = "{node}"                   # 2 capital letters or digits: the place on the structure
# stream = "{stream}"               ## band and source codes
# axes = "{axes}"                ## axis of each row of a block ...
# map = "{map}"                 ## ... and which of the instrument's own axes it is
# baud = {baud}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An instrument that the first configuration shall have."""

    driver: str
    port: str
    node: str


def first_config(
    *, agent: str, network: str, structure: str, host: str, instruments: list[Wanted]
) -> str:
    """Return the text of a first ``edge.toml``."""
    text = HEAD.format(agent=agent, network=network, structure=structure, host=host)
    for wanted in instruments:
        spec = DRIVERS[wanted.driver]
        usual = spec.usual
        text += INSTRUMENT.format(
            summary=spec.summary,
            driver=wanted.driver,
            port=wanted.port,
            node=wanted.node,
            stream=usual.stream,
            axes=usual.axes,
            map="".join(USUAL_ROWS[axis] for axis in usual.axes),
            baud=spec.baud,
        )
    return text
