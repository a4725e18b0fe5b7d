"""HTTP interfaces: the platforms' wallet, and the casino API."""
