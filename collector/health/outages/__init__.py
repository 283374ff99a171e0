"""Outages: streams that no longer arrive, one event for each cause."""
