"""Text of the messages, in each language."""
