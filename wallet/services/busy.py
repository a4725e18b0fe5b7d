"""What staff and sites are told when the ledger does not answer in time."""

from collections.abc import Iterator
from contextlib import contextmanager

from operators.selectors.refusals import Refusal
from wallet.ledger import LedgerTimeout, LedgerUnavailable


class LedgerBusy(Refusal):
    """The ledger did not answer, so that nothing was done; it may be tried again."""

    code = "ledger_busy"


@contextmanager
def unless_busy() -> Iterator[None]:
    """Tell what ends a call to the ledger in words; around the transaction that it undoes.

    :raises LedgerBusy:
    """
    try:
        yield
    except (LedgerTimeout, LedgerUnavailable) as error:
        raise LedgerBusy("The ledger did not answer in time: nothing was done. Try again in a moment.") from error
