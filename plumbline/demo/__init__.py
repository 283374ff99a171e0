"""The demonstration: a shaken, sinking tower, end to end, on one machine."""
