"""Pure science: arrays and numbers in, findings out; no I/O, no clock, no logging."""
