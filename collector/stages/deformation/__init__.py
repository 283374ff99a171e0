"""Slow movement: tilt and differential settlement, their levels and rates, held while it shakes."""
