"""A shaken, sinking building that speaks real instrument bytes."""
