"""Residual movement: every tilt and settlement point before and after each shaking."""
