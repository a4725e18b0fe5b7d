"""Document 001's platform side: the game lists, the launch and the game pages."""
