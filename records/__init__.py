"""Reading the record files other people bring."""
