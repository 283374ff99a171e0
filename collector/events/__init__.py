"""Events of structures: findings become events, events are stored with a revision."""
