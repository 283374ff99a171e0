"""Upkeep of a data folder: verify, back up, restore; it reads every store and owns none."""
