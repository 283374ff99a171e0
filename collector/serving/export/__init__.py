"""Export of windows of the archive as files other programs read."""
