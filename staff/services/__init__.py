"""How staff sign in, and what is done when they cannot."""
