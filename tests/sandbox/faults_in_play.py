"""Wallets with one fault each, and some that are merely unreliable, for the robot to be played against."""

import time
from decimal import Decimal
from random import Random
from typing import Any

from tests.sandbox.reference_request import Refusal
from tests.sandbox.reference_wallet import Data, Player, ReferenceWallet, Transaction


class WrongBalance(ReferenceWallet):
    """Every fiftieth balance that it returns is a cent short."""

    returned = 0

    def balance_of(self, user_id: str, currency: str) -> Decimal:
        self.returned += 1
        return super().balance_of(user_id, currency) - Decimal("0.01") * (self.returned % 50 == 0)


class RetryAppliedTwice(ReferenceWallet):
    def replay(self, known: Transaction, data: Data) -> Data:
        answer = super().replay(known, data)
        self.move(known.user_id, known.currency, known.movement)
        return answer


class LostWin(ReferenceWallet):
    """Every fiftieth win is acknowledged, with the right balance, and lost."""

    wins = 0

    def changebalance(self, data: Data) -> Data:
        answer = super().changebalance(data)
        if data["transaction_type"] == "WIN":
            self.wins += 1
            if self.wins % 50 == 0:
                amount = data["amount"]
                assert isinstance(amount, Decimal)
                self.move(str(data["user_id"]), str(data["currency_code"]), -amount)
        return answer


class NoTombstone(ReferenceWallet):
    def leave_tombstone(self, player: Player, transaction_id: str) -> None:
        pass


class CancelAppliedTwice(ReferenceWallet):
    def reverse(self, known: Transaction) -> None:
        known.canceled = True
        self.move(known.user_id, known.currency, -known.movement)


class DeadTokenRefusesWin(ReferenceWallet):
    def record(self, player: Player, transaction_id: str, data: Data) -> None:
        self.live_session(data["token"])
        super().record(player, transaction_id, data)


class RetryJudgedByToken(ReferenceWallet):
    """A retry with another token is taken for another transaction."""

    def fingerprint(self, data: Data) -> tuple[str, str, Decimal, str, str, str]:
        user_id, kind, amount, currency, round_id, game_id = super().fingerprint(data)
        return user_id, f"{kind} {data['token']}", amount, currency, round_id, game_id


class FundsCheckedTooEarly(ReferenceWallet):
    """Two large bets at one moment are both held against the balance before either."""

    def check_bet(self, player: Player, data: Data) -> None:
        super().check_bet(player, data)
        if 2 * self.fingerprint(data)[2] > self.balance_of(player.user_id, str(data["currency_code"])):
            self.lock.release()
            time.sleep(0.05)
            self.lock.acquire()


class CanceledShownAsLive(ReferenceWallet):
    def status(self, data: Data) -> Data:
        return super().status(data) | {"transaction_status": "OK"}


class MoneyAsFloat(ReferenceWallet):
    """Balances that end in a zero lose it, as floats do."""

    def balance_answer(self, user_id: str, currency: str) -> Data:
        return super().balance_answer(user_id, currency) | {"balance": float(self.balance_of(user_id, currency))}


class WinNeverAcknowledged(ReferenceWallet):
    """Wins are applied once, and answered with an error however often they come."""

    def execute(self, command: str, data: Data) -> Data:
        answer = super().execute(command, data)
        if data.get("transaction_type") == "WIN" and command == "changebalance":
            raise Refusal("OP_50", "lost after")
        return answer


class GoneAfterAWhile(ReferenceWallet):
    """Answers three hundred times, and then nothing but errors."""

    answers_left = 300

    def execute(self, command: str, data: Data) -> Data:
        self.answers_left -= 1
        if self.answers_left < 0:
            raise Refusal("OP_50", "gone")
        return super().execute(command, data)


class Recording(ReferenceWallet):
    """Keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, Any]] = []

    def execute(self, command: str, data: Data) -> Data:
        self.asked.append((command, data))
        return super().execute(command, data)


class Unreliable(ReferenceWallet):
    """Right in its books, but now and then its answer gets lost: after the work is done, or before."""

    codes = frozenset({"OP_47", "OP_50"})

    def __init__(self) -> None:
        super().__init__()
        self.random = Random(1)

    def execute(self, command: str, data: Data) -> Data:
        chance = self.random.random()
        if chance < 0.03:
            raise Refusal("OP_50", "lost before")
        answer = super().execute(command, data)
        if chance < 0.06:
            raise Refusal("OP_47" if data.get("transaction_type") == "BET" else "OP_50", "lost after")
        return answer


class Slow(ReferenceWallet):
    """Right in its books, but now and then it takes longer than its caller waits."""

    codes = frozenset({"TIMEOUT"})

    def __init__(self) -> None:
        super().__init__()
        self.random = Random(1)

    def execute(self, command: str, data: Data) -> Data:
        if command != "authenticate" and self.random.random() < 0.01:
            time.sleep(0.4)
        return super().execute(command, data)
