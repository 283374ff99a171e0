"""InfluxDB: a copy of the archive for dashboards, rebuilt for any span."""
