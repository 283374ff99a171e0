"""What crosses between edge and collector: blocks, records, topics, messages, the inventory."""
