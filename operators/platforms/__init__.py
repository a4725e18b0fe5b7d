"""What we say to platforms over HTTP: one base, and one client module for each protocol."""
