"""Replay: the collector's very detectors over records and archives, and what they made of them."""

from plumbline.research.replay.assembly import Rules, structures_of
from plumbline.research.replay.listening import Heard, heard
from plumbline.research.replay.material import Node, Piece, Structure

__all__ = ["Heard", "Node", "Piece", "Rules", "Structure", "heard", "structures_of"]
