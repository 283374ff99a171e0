"""The texts of the sentinel, one file a language."""
