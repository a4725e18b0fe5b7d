"""Exact searches, each a look or two into an index."""

from itertools import chain

from operators.models import Casino, Operator
from wallet.enums import AccountKind
from wallet.models import Account, Player, Transaction
from wallet.services.launch import find_session

TOKEN_LENGTHS = range(20, 51)


def list_transactions_of(reference: str) -> list[int]:
    """Return the keys of the transactions with a platform's or a cashier's id, tombstones among them."""
    # The index begins with the owner: all of them are named, so that it is used.
    owners = set(chain(Operator.objects.values_list("pk", flat=True), Casino.objects.values_list("pk", flat=True)))
    known = Transaction.objects.filter(owner_id__in=owners, reference=reference)
    return list(known.values_list("pk", flat=True))


def list_reversals_of(transactions: list[int]) -> list[int]:
    """Return the keys of the cancels that reversed some transactions; the ledger itself has no index on them."""
    return list(Transaction.objects.filter(reverses__in=transactions).values_list("pk", flat=True))


def list_accounts_of(user_id: str) -> list[int]:
    """Return the keys of the accounts of the players with an id, one player at most in each casino."""
    accounts = Account.objects.filter(player__in=list_players_of(user_id), kind=AccountKind.PLAYER)
    return list(accounts.values_list("pk", flat=True))


def list_players_of(user_id: str) -> list[int]:
    """Return the keys of the players with an id."""
    casinos = list(Casino.objects.values_list("pk", flat=True))
    return list(Player.objects.filter(casino__in=casinos, user_id=user_id).values_list("pk", flat=True))


def list_players_matching(term: str) -> list[int]:
    """Return the keys of the players that a player id, name, transaction id or token names, in this order of trial."""
    found = list_players_of(term) or list(Player.objects.filter(user_name=term).values_list("pk", flat=True)[:500])
    if not found:
        transactions = Transaction.objects.filter(pk__in=list_transactions_of(term))
        found = list(transactions.values_list("player_id", flat=True))
    session = find_session(token=term) if not found and len(term) in TOKEN_LENGTHS else None
    return [session.player_id] if session else found
