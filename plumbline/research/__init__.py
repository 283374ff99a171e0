"""Tools for researchers: files in, reports out."""
