"""Whose word a limit is: candidates adopted by a named engineer, and the log of it."""
