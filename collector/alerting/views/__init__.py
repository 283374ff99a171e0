"""Alerting as the page, the terminal and the status show it."""
