"""What a rule demands of an answer. Each demand looks at one thing, so that one fault turns few lines red."""

from collections.abc import Iterable
from decimal import Decimal

from sandbox.certify.exchange import Exchange


class Failed(Exception):
    """The wallet broke the rule; the exchange is the one that shows it."""

    def __init__(self, reason: str, exchange: Exchange | None = None) -> None:
        super().__init__(reason)
        self.exchange = exchange


def expect(held: bool, reason: str, exchange: Exchange | None = None) -> None:
    """:raises Failed: for this reason, unless it held."""
    if not held:
        raise Failed(reason, exchange)


def expect_ok(exchange: Exchange, **members: object) -> None:
    """Demand OK, and of the answer's data these members: a balance by its value, the rest by their text.

    :raises Failed: naming what came instead.
    """
    expect(exchange.code == "OK", f"expected OK, got {exchange.code} {exchange.message}".strip(), exchange)
    for name, wanted in members.items():
        if name == "balance":
            expect_answered_balance(exchange, str(wanted))
        else:
            found = exchange.data.get(name)
            expect(str(found) == str(wanted), f"expected {name} {wanted!s}, got {found!s}", exchange)


def expect_answered_balance(exchange: Exchange, amount: str) -> None:
    """:raises Failed: the answer's balance has another value."""
    found = exchange.data.get("balance")
    expect(exchange.balance == Decimal(amount), f"expected balance {amount}, got {found!s}", exchange)


def expect_refusal(exchange: Exchange, code: str, naming: str = "") -> None:
    """Demand one error code, and a message that names the field where one is at fault.

    :raises Failed: naming what came instead.
    """
    expect(exchange.code == code, f"expected {code}, got {exchange.code} {exchange.message}".strip(), exchange)
    expect(naming in exchange.message, f"the message does not name {naming}: {exchange.message}", exchange)


def expect_http(exchange: Exchange, status: int) -> None:
    """:raises Failed: the HTTP status is another."""
    expect(exchange.answer.status == status, f"expected HTTP {status}, got {exchange.code}", exchange)


def expect_raw(exchange: Exchange, wanted: bytes, *path: str) -> None:
    """Demand that a member of the answer has exactly these bytes.

    :raises Failed: it has others, or is not there.
    """
    found = exchange.find_raw(*path)
    shown = "nothing" if found is None else found.decode(errors="backslashreplace")
    expect(
        found == wanted, f"{'.'.join(path)} should be {wanted.decode(errors='backslashreplace')}, is {shown}", exchange
    )


def expect_codes(exchanges: Iterable[Exchange], wanted: dict[str, int]) -> None:
    """Demand how often each code was answered, such as `{"OK": 1, "OP_31": 1}`.

    :raises Failed: naming what was counted.
    """
    found: dict[str, int] = {}
    last = None
    for last in exchanges:
        found[last.code] = found.get(last.code, 0) + 1
    expect(found == wanted, f"expected {wanted}, got {found}", last)
