"""What engineers say an event really was, beside what the classifier says."""
