"""Measurements beside a peer in the same run; every script prints JSON lines."""
