"""What happened to a structure: findings become events, events are kept."""
