"""Tries rule after rule."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sandbox.casino_client import CasinoRefusal
from sandbox.certify.case import Case
from sandbox.certify.exchange import Exchange
from sandbox.certify.expectations import Failed
from sandbox.certify.registry import Rule
from sandbox.certify.stage import NotRun, Stage


class Verdict(StrEnum):
    PASSED = "pass"
    FAILED = "fail"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one rule; `sent` and `answered` are a few words of the exchange that shows it."""

    rule: Rule
    verdict: Verdict
    reason: str
    sent: str
    answered: str
    exchanges: Sequence[Exchange]
    seconds: float


def try_rules(rules: Iterable[Rule], stage: Stage) -> Iterator[Outcome]:
    return (try_rule(rule, stage) for rule in rules)


def try_rule(rule: Rule, stage: Stage) -> Outcome:
    """Try one rule on players of its own. A casino API that does not do as asked is a failure, too."""
    case = Case(stage)
    started = time.perf_counter()
    verdict, reason, shown = Verdict.PASSED, "", None
    try:
        rule.check(case)
    except Failed as failure:
        verdict, reason, shown = Verdict.FAILED, str(failure), failure.exchange
    except CasinoRefusal as refusal:
        verdict, reason = Verdict.FAILED, f"casino API: {refusal}"
    except NotRun as missing:
        verdict, reason = Verdict.NOT_RUN, str(missing)
    shown = shown or case.subject
    sent, answered = (shown.describe_sent(), shown.describe_answer()) if shown else case.launched
    return Outcome(
        rule=rule,
        verdict=verdict,
        reason=reason,
        sent=sent,
        answered=answered,
        exchanges=tuple(case.exchanges),
        seconds=time.perf_counter() - started,
    )
