"""Long counts with their bounds: minutes to hours, run by hand."""
