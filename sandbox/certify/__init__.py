"""`python -m sandbox certify`: a platform's certification of a wallet, rule by rule over HTTP.

The rules are those of document 001 and of our decisions on what it leaves open; each is a function in `checks`.
"""

from sandbox.certify.command import add_arguments, run

__all__ = ["add_arguments", "run"]
