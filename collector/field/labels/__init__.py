"""Labels: the cause of an event by an engineer, beside that of the classifier."""
