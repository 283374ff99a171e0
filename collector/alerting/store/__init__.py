"""Alerting database: incidents, notifications, outbox, silences, audit log."""
