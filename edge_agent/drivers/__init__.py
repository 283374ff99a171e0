"""The drivers, one line an instrument."""

from plumbline.edge_agent.drivers import adxl355_node, lily, tuff_tilt, witmotion_wt901
from plumbline.edge_agent.drivers.driver import (
    USUAL_ROWS,
    Driver,
    DriverNotice,
    DriverSpec,
    Item,
    Output,
)

DRIVERS: dict[str, DriverSpec] = {
    "adxl355_node": adxl355_node.SPEC,
    "witmotion_wt901": witmotion_wt901.SPEC,
    "lily": lily.SPEC,
    "tuff_tilt": tuff_tilt.SPEC,
}

__all__ = ["DRIVERS", "USUAL_ROWS", "Driver", "DriverNotice", "DriverSpec", "Item", "Output"]
