"""Answers for people and programs: it reads, and never decides."""
