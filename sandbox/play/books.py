"""The robot's own books of one player: what it meant to happen and the wallet acknowledged, never what came back."""

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

REMEMBERED = 16

Kind = Literal["BET", "WIN", "REFUND"]
State = Literal["", "OK", "CANCELED", "VOID"]


@dataclass(slots=True)
class Transaction:
    """One intent. `state`: empty while the wallet does not hold it (not sent, or refused), VOID if it never may."""

    transaction_id: int
    kind: Kind
    amount: Decimal
    round_id: int
    data: dict[str, object]
    state: State = ""

    @property
    def held(self) -> bool:
        return self.state in {"OK", "CANCELED"}

    @property
    def movement(self) -> Decimal:
        return -self.amount if self.kind == "BET" else self.amount


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that the wallet answered or holds otherwise than it should."""

    user_id: str
    what: str
    expected: str
    found: str
    history: tuple[str, ...]


@dataclass(slots=True)
class Books:
    """`balance` is what the player must have; `history` are the last few things that happened, for a reader."""

    balance: Decimal = Decimal("0.00")
    held: deque[Transaction] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    history: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def deposit(self, amount: Decimal) -> None:
        self.balance += amount
        self._note(f"deposit {amount}")

    def post(self, transaction: Transaction) -> None:
        transaction.state = "OK"
        self.balance += transaction.movement
        self.held.append(transaction)
        self._note(f"{transaction.kind} {transaction.transaction_id} {transaction.amount}")

    def reverse(self, transaction: Transaction) -> None:
        transaction.state = "CANCELED"
        self.balance -= transaction.movement
        self._note(f"cancel {transaction.kind} {transaction.transaction_id} {transaction.amount}")

    def refuse(self, transaction: Transaction, code: str) -> None:
        self._note(f"{transaction.kind} {transaction.transaction_id} {transaction.amount}: {code}", moved=False)

    def _note(self, line: str, *, moved: bool = True) -> None:
        self.history.append(f"{line} → {self.balance}" if moved else line)
