"""Detection: from the journal's acceleration to shaking, sway and thresholds, as episodes."""
