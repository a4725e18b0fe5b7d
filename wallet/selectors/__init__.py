"""What is read of players, their money and their play."""
