"""Settlement: differences between points, levels with their traps, consolidation ahead."""
