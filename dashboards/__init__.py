"""Grafana as code, built from the series' schema."""
