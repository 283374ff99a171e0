"""Stages: each follows the journal from a cursor of its own."""
