"""Live waveforms for the page."""
