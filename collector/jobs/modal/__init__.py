"""Modal tracking: the modes of every structure hour by hour, compared with their baseline."""
