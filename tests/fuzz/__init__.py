"""Bodies and calls that nobody would think of, sent to real servers by the thousand."""
