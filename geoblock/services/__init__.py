"""Saving GeoIP rules, judging launches by them, and replacing the database of addresses."""
