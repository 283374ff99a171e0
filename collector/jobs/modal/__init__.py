"""Modes of every structure, hour after hour: identified, named, compared with their baseline."""
