"""The files of one structure in one event, whatever they are: records, tables with a sidecar."""

from plumbline.research.event.channels import Channel, Event
from plumbline.research.event.options import add_file_options, event_of

__all__ = ["Channel", "Event", "add_file_options", "event_of"]
