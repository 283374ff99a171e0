"""The built-in page: moving waveforms, tilt, events, who was told, and stop or not."""
