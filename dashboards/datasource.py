"""InfluxDB data source of the dashboards, queried in InfluxQL."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

MADE_BY, MADE_BY_US = "madeBy", "plumbline"
"""Mark in the settings of a data source of ours, whatever uid it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InfluxSource:
    """Where Grafana finds the series, and how it is let in.

    Attributes
    ----------
    name
        Name and uid in Grafana.
    url
        InfluxDB as Grafana reaches it.
    database
        Database of InfluxDB 1; of 2 the database its bucket is mapped to; of 3 the database.
    username, password
        Of InfluxDB 1.
    token
        Of InfluxDB 2 and 3.
    """

    name: str
    url: str
    database: str
    username: str | None = None
    password: str | None = None
    token: str | None = None

    def __repr__(self) -> str:
        return f"InfluxSource({self.name!r}, {self.url!r}, {self.database!r}, secrets hidden)"

    def body(self) -> Json:
        """Return what Grafana's HTTP API takes; secrets go apart and never come back."""
        settings: Json = {
            "dbName": self.database,  # Grafana 10 and later
            MADE_BY: MADE_BY_US,
            "httpMode": "POST",
            "version": "InfluxQL",
            "timeInterval": "1s",
        }
        secrets: Json = {}
        if self.password is not None:
            secrets["password"] = self.password
        if self.token is not None:
            settings["httpHeaderName1"] = "Authorization"
            secrets["httpHeaderValue1"] = f"Token {self.token}"
        return {
            "name": self.name,
            "uid": self.name,
            "type": "influxdb",
            "access": "proxy",
            "url": self.url,
            "database": self.database,  # Grafana 9 knows this one only
            "user": self.username or "",
            "jsonData": settings,
            "secureJsonData": secrets,
        }
