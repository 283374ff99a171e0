"""Files and databases on disk, durable."""
