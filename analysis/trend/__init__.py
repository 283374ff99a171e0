"""Trends, steps and changes of slow series, each with its interval and its false alarms."""
