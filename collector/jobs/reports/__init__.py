"""What happened to a structure in a day or a week, and what is not known of it."""
