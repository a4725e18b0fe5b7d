"""The `generic` protocol's endpoints: the door, the signed envelope, the commands (document 001)."""
