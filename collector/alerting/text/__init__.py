"""The words of a message, in each language."""
