"""The built-in page: live waveforms, tilt, events, notifications, and stop-work advice."""
