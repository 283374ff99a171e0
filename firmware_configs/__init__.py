"""One folder an instrument: wiring, registers, oddities, settings and a sample configuration."""
