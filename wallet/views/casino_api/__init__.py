"""The casino API: what a casino's own site and cashier ask of us."""
