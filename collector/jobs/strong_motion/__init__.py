"""Episodes measured: every node's figures, the structure's response, the region's wave."""
