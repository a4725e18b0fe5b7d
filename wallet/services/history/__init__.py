"""A history of play, made up: for measuring and trying out at size, never for a casino."""
