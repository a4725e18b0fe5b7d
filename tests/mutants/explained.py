"""The mutants that no test can notice, or none should have to, and why."""

EXPLAINED: dict[str, str] = {}
