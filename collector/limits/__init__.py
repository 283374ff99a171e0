"""Limits: their bounds, and the adoption of candidates by a named engineer."""
