"""InfluxDB: a copy of the archive for looking at, rebuilt for any span."""
