"""The list of rules: each is one sentence, one function, one line of the table."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.certify.case import Case

GROUPS = {
    "launch": "Game launch",
    "door": "The door",
    "sign": "Signatures",
    "env": "Envelope",
    "body": "Refused bodies",
    "auth": "authenticate",
    "bal": "balance",
    "bet": "changebalance: BET",
    "win": "changebalance: WIN and REFUND",
    "replay": "changebalance: known transactions",
    "round": "Rounds",
    "status": "status",
    "cancel": "cancel",
    "finish": "finishround",
    "race": "At the same moment",
    "audit": "Every answer of this run",
}

Check = Callable[[Case], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line: `check` raises `Failed` where the wallet breaks the sentence, `NotRun` where it cannot be tried."""

    id: str
    sentence: str
    check: Check

    @property
    def group(self) -> str:
        return GROUPS[self.id.partition("-")[0]]


RULES: dict[str, Rule] = {}


def rule(id_: str, sentence: str) -> Callable[[Check], Check]:
    """Put a function on the list of rules.

    :raises ValueError: the id is taken, or its group is unknown.
    """
    if id_ in RULES or id_.partition("-")[0] not in GROUPS:
        raise ValueError(f"rule id {id_} is taken or of no group")

    def register(check: Check) -> Check:
        RULES[id_] = Rule(id=id_, sentence=sentence, check=check)
        return check

    return register


def list_rules(prefixes: list[str]) -> list[Rule]:
    """The rules whose id starts with one of the prefixes (all without any), group by group."""
    order = list(GROUPS.values())
    chosen = [rule for rule in RULES.values() if not prefixes or rule.id.startswith(tuple(prefixes))]
    return sorted(chosen, key=lambda rule: order.index(rule.group))
