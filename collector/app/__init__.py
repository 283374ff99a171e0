"""Assembling a process of the collector; the only room that knows all others."""
