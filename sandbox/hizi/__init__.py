"""The `hizi` platform's back-office calls, from document 000 and its public operator API documentation."""

from sandbox.hizi.app import add_routes

__all__ = ["add_routes"]
