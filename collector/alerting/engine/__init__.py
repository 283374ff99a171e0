"""The alerting engine: the next state, computed from what is stored."""
