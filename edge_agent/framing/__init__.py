"""Bytes as they arrive, cut into frames or lines; what cannot be read is handed back."""

from plumbline.edge_agent.framing.rejected import Rejected

__all__ = ["Rejected"]
