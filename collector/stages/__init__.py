"""Stages: processors of the journal, each with a cursor of its own."""
