"""Faults struck at a running system in the middle of play: `make faults`."""
