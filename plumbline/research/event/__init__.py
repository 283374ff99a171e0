"""The files of one structure in one event, whatever they are: records, tables with a sidecar."""

from plumbline.research.event.channels import FileChannel, FileEvent
from plumbline.research.event.options import add_file_options, event_of

__all__ = ["FileChannel", "FileEvent", "add_file_options", "event_of"]
