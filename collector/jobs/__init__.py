"""Jobs: each follows the events and reads the archive when the collector is idle."""
