"""How many processes a collector is."""

from enum import StrEnum


class Layout(StrEnum):
    """How many processes a collector is."""

    ONE = "one"
    FEW = "few"
    MANY = "many"
