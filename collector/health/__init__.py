"""Health of the system itself: channels, disk, stages, outages, as conditions and metrics."""
