"""What the structure tools compute from an event, as plain dictionaries with units in the keys."""
