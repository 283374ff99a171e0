"""Plumbline watches structures settle and shake."""

__version__ = "0.2.0"
