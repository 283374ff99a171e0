"""How the system itself is doing: channels, disk, stages, as numbers people can read."""
