"""Events become incidents, incidents call people by SMS until somebody answers."""
