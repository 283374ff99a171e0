"""The drivers, one line an instrument."""

from plumbline.edge_agent.drivers import adxl355_node
from plumbline.edge_agent.drivers.driver import Driver, DriverSpec, Item, Notice, Output

DRIVERS: dict[str, DriverSpec] = {
    "adxl355_node": adxl355_node.SPEC,
}

__all__ = ["DRIVERS", "Driver", "DriverSpec", "Item", "Notice", "Output"]
