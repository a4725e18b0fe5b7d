"""The `agent` platform: an aggregator that keeps players' balances, as document 004 (External API 1.6.7) has it."""

from sandbox.agent.door import add_routes

__all__ = ["add_routes"]
