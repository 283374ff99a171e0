"""Silence is an event: measured by arrival, one for each cause, closed when it speaks again."""
