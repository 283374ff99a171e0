"""Long runs: hours of what is no earthquake, counted, with what the count proves."""
