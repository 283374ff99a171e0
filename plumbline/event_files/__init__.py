"""The files of one structure in one event, whatever they are: records, tables with a sidecar."""

from plumbline.event_files.channels import Channel, Event
from plumbline.event_files.options import add_file_options, event_of

__all__ = ["Channel", "Event", "add_file_options", "event_of"]
