"""Replay: the collector's very detectors over records and archives, and what they made of them."""

from plumbline.replaying.assembly import Rules, structures_of
from plumbline.replaying.listening import Heard, heard
from plumbline.replaying.material import Node, Piece, Structure

__all__ = ["Heard", "Node", "Piece", "Rules", "Structure", "heard", "structures_of"]
