"""`python -m sandbox [serve | play | certify]`."""

import argparse
import importlib
import sys
from types import ModuleType

COMMANDS = {
    "serve": ("sandbox.platform.serve", "serve the platforms: their calls and their game pages (the default)"),
    "play": ("sandbox.play", "a robot that plays rounds and compares its books with the wallet's"),
    "certify": ("sandbox.certify", "a platform's certification of a wallet, rule by rule"),
}


def main(words: list[str]) -> int:
    """Run one sub-command and return its exit code."""
    words = words if words and (words[0] in COMMANDS or words[0] in {"-h", "--help"}) else ["serve", *words]
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="The platforms' side, simulated.")
    subparsers = parser.add_subparsers(dest="command", required=True)
    chosen = _add_commands(subparsers, words[0])
    arguments = parser.parse_args(words)
    return int(chosen.run(arguments)) if chosen else 0


def _add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", wanted: str) -> ModuleType | None:
    # Only the wanted command is imported, so that a fault in one does not stop the others.
    chosen = None
    for command, (module, summary) in COMMANDS.items():
        parser = subparsers.add_parser(command, help=summary, description=summary)
        if command == wanted:
            chosen = importlib.import_module(module)
            chosen.add_arguments(parser)
    return chosen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
