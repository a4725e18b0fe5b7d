"""Reads of GeoIP rules, of where an address is, and of what was blocked."""
