"""Deformation: tilt and settlement of points, their limits and rates, blanked while it shakes."""
