"""What the wallet would answer to a bet: what it would weigh, and the bet itself, placed and taken back."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from catalog.models import Game
from operators.models import OperatorState, Protocol
from wallet import ledger
from wallet.enums import Kind, Mode, RefusalReason
from wallet.ledger import Caller, LedgerTimeout, LedgerUnavailable
from wallet.models import Account
from wallet.services.launch_checks import Attempt, Finding
from wallet.services.play import REFUSALS

NO_LIMIT = "No limit of the player's would be passed"
HOLDS_STAKE = "The account holds the stake"
TAKEN = "The wallet takes the bet"


@dataclass(frozen=True, slots=True)
class Trial:
    """A stake to try on an attempt whose launch has been looked at."""

    attempt: Attempt
    stake: Decimal


def explain_bet(trial: Trial) -> list[Finding]:
    """Say of a bet what would keep it from being taken, beside what keeps the launch. Nothing of it stays."""
    attempt = trial.attempt
    if attempt.mode != Mode.REAL:
        return []
    account = attempt.found_account
    if account is None:
        why = "Not looked at: there is no account in the currency."
        return [Finding(holds, None, why) for holds in (NO_LIMIT, HOLDS_STAKE, TAKEN)]
    return [_weigh_limits(trial, account), _weigh_balance(trial, account), _try(trial, account)]


def _weigh_limits(trial: Trial, account: Account) -> Finding:
    if not account.limited:
        return Finding(NO_LIMIT, passed=True)
    facts = [account.player_id, account.pk, account.currency, Kind.BET.value, trial.stake, trial.attempt.now]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wallet_find_passed_limit(%s, %s, %s, %s, %s, %s)", facts)
        found = cursor.fetchone()
    if found is None or found[0] is None:
        return Finding(NO_LIMIT, passed=True)
    reason, period, allowed, used = found
    said = f"{RefusalReason(reason).label}: {used:,.2f} of {allowed:,.2f} {account.currency} a {period} is used."
    return Finding(NO_LIMIT, passed=False, sentence=said, code="limit_reached")


def _weigh_balance(trial: Trial, account: Account) -> Finding:
    held = account.balance or Decimal(0)
    if held >= trial.stake and held >= 0:
        return Finding(HOLDS_STAKE, passed=True)
    said = f"The account holds {held:,.2f} {account.currency}."
    return Finding(HOLDS_STAKE, passed=False, sentence=said, code="insufficient_funds")


def _try(trial: Trial, account: Account) -> Finding:
    attempt = trial.attempt
    if not isinstance(attempt.found, Game):
        return Finding(TAKEN, None, "Not tried: a bet is placed on a game, not on a lobby.")
    if attempt.operator.protocol != Protocol.GENERIC:
        return Finding(TAKEN, None, "Not tried: this platform takes bets from its own wallet.")
    try:
        outcome = _place_and_take_back(trial, account, attempt.found)
    except (LedgerTimeout, LedgerUnavailable) as fault:
        return Finding(TAKEN, None, f"Not known: the wallet could not say ({type(fault).__name__}).")
    if outcome == "applied":
        return Finding(TAKEN, passed=True)
    _refusal, message = REFUSALS[outcome]
    return Finding(TAKEN, passed=False, sentence=f"The platform would be told: {message}.", code=outcome)


def _place_and_take_back(trial: Trial, account: Account, game: Game) -> str:
    """Place the bet as a platform would; the database undoes it."""
    attempt = trial.attempt
    return ledger.try_bet(
        caller=_caller(attempt),
        player_id=attempt.player.pk,
        user_id=attempt.player.user_id,
        account_id=account.pk,
        currency=account.currency,
        game_id=game.pk,
        game_ref=game.game_ref,
        amount=trial.stake,
        now=attempt.now,
    )


def _caller(attempt: Attempt) -> Caller:
    return Caller(
        operator_id=attempt.operator.pk,
        casino_id=attempt.operator.casino_id,
        suspended=attempt.operator.state != OperatorState.ACTIVE,
        skip_closing=False,
        large_win=Decimal(0),
    )
