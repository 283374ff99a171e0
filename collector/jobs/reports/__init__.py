"""Daily and weekly reports of a structure: what happened, and what is not known of it."""
