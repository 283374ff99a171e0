"""Triggers: when did the shaking start, is it shaking at all, and is it over."""
