"""Robust statistics: means, medians, slopes, outliers."""
