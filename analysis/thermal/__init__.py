"""Temperature, and what it moves."""
