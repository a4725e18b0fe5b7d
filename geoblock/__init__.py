"""Where players may open games from: GeoIP rules, the look-up of addresses, and what was blocked."""
