"""What alerting has stored: incidents, notifications, outbox, audit log."""
