"""Measures of ground motion: peaks, intensity, response, long periods."""
