"""The `gmag` platform's GameHistory, from document 003 and its public documentation."""

from sandbox.gmag.app import add_routes

__all__ = ["add_routes"]
