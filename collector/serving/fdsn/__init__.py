"""FDSN services and metadata of the archive."""
