"""Real servers on free ports, for tests: started, awaited, stopped."""
