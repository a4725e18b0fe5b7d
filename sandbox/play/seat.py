"""One player at the platform: sends what a platform sends for him, and holds every answer against his books."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

from sandbox.casino_client import CasinoClient, CasinoRefusal
from sandbox.journal import Journal
from sandbox.play.books import Books, Difference, Kind, Transaction
from sandbox.play.tally import Tally
from sandbox.wallet_client import Identifiers, Reply, WalletClient, format_timestamp

DONE = frozenset({""})
FOUND_OR_NOT = frozenset({"", "OP_41"})
DOUBTFUL = frozenset({"TIMEOUT", "UNREACHABLE", "BAD_REPLY", "OP_47", "OP_50"})
BAD_REPLIES_BORNE = 3
LOBBY_SHARE = 0.2
REFUSED = frozenset(range(400, 500)) - {429}
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0

Data = dict[str, object]


def is_doubtful(code: str) -> bool:
    """Whether an answer leaves open what became of the request."""
    return code in DOUBTFUL or code.startswith("HTTP_5")


@dataclass(slots=True)
class Pulse:
    """Since when the wallet has given no player a clear answer; None while it gives some."""

    silent_since: float | None = None

    def feel(self, *, silent: bool) -> None:
        """Take note of an answer, clear or not."""
        self.silent_since = (self.silent_since or time.monotonic()) if silent else None


@dataclass(frozen=True, slots=True)
class Venue:
    """What all players share."""

    wallet: WalletClient
    casino: CasinoClient
    identifiers: Identifiers
    executor: Executor
    journal: Journal
    game_ids: Sequence[str]
    lobby_ids: Sequence[str]
    run: int
    ip: str
    patience: float
    pulse: Pulse = field(default_factory=Pulse)


@dataclass
class Seat:
    """A player with one account, in one session. One thread at a time writes; `out` once something was found wrong."""

    venue: Venue
    user_id: str
    currency: str
    random: Random
    ids_as_text: bool
    game_id: str = ""
    token: str = field(default="", repr=False)
    books: Books = field(default_factory=Books)
    tally: Tally = field(default_factory=Tally)
    out: bool = False
    compared: bool = False
    deposits: int = 0
    table_round: int = 0
    unsettled: list[Transaction] = field(default_factory=list)

    def register(self) -> None:
        """Become a player of the casino.

        :raises CasinoRefusal: the casino does not want him, or does not answer.
        """
        self.venue.casino.create_player(self.user_id, f"Robot {self.user_id}", [self.currency])

    def launch(self) -> None:
        """Open a game at the casino, now and then by way of a lobby, and authenticate with the token.

        :raises CasinoRefusal: the casino does not launch it, or does not answer.
        """
        casino, operator_id = self.venue.casino, self.venue.wallet.operator_id
        self.game_id = self.random.choice(self.venue.game_ids)
        place = {"game_id": self.game_id}
        if self.venue.lobby_ids and self.random.random() < LOBBY_SHARE:
            place = {"lobby_id": self.random.choice(self.venue.lobby_ids)}
        self.token = casino.launch(self.user_id, operator_id, self.currency, self.venue.ip, **place).token
        reply = self.insist("authenticate", {"token": self.token})
        if reply.ok:
            self.check_fields("authenticate", reply, {"user_id": self.user_id})
            self.check_balance("authenticate", reply)

    def deposit(self, amount: Decimal) -> None:
        """Pay in through the cashier; the reference makes it count once.

        :raises CasinoRefusal: the casino does not take it, or does not answer.
        """
        reference = f"robot-{self.venue.run}-{self.user_id}-{self.deposits}"
        self.venue.casino.deposit(self.user_id, amount, self.currency, reference)
        self.deposits += 1
        self.tally.deposits += 1
        self.books.deposit(amount)

    def at_casino(self, what: str, act: Callable[[], object]) -> None:
        """Do something at the casino, again and again while it does not answer; a refusal is a difference."""
        deadline = time.monotonic() + self.venue.patience
        while not self.out:
            try:
                act()
            except CasinoRefusal as refusal:
                if refusal.status in REFUSED or time.monotonic() > deadline:
                    self.differ(what, "done", str(refusal))
                time.sleep(LONGEST_PAUSE)
            else:
                return

    def number(self, value: int | str) -> int | str:
        """An id as this player's game writes it: as a number or as a text."""
        return str(value) if self.ids_as_text or not str(value).isdigit() else int(value)

    def transaction(
        self,
        kind: Kind,
        amount: Decimal,
        round_id: int,
        context: Mapping[str, object] | None = None,
        *,
        finished: bool | None = False,
    ) -> Transaction:
        """A new intent, not sent yet. `context` is laid over what each gives: a reason, and its hand history's id."""
        transaction_id = self.venue.identifiers.next()
        data: Data = {
            "token": self.token,
            "user_id": self.user_id,
            "transaction_type": kind,
            "transaction_id": self.number(transaction_id),
            "round_id": self.number(round_id),
            "round_finished": finished,
            "game_id": self.number(self.game_id),
            "currency_code": self.currency,
            "amount": amount,
            "transaction_timestamp": format_timestamp(datetime.now(UTC)),
            "context": {"reason": "not_provided", "history_id": f"round-{round_id}", **(context or {})},
        }
        return Transaction(transaction_id, kind, amount, round_id, data)

    def place(self, bet: Transaction, expected: Collection[str] = ()) -> bool:
        """Send a BET; True once the wallet holds it. Without an answer it is repeated or canceled."""
        expected = expected or self.expected_of(bet)
        reply = self.ask("changebalance", bet.data, expected)
        return self.settle_doubt(bet, expected) if is_doubtful(reply.code) else self.book(bet, reply)

    def expected_of(self, transaction: Transaction) -> Collection[str]:
        return {"OP_31"} if -transaction.movement > self.books.balance else DONE

    def credit(self, transaction: Transaction) -> bool:
        """Send a WIN or REFUND until it is acknowledged."""
        return self.book(transaction, self.insist("changebalance", transaction.data, transaction=transaction))

    def book(self, transaction: Transaction, reply: Reply) -> bool:
        """Enter what a definite answer says about a transaction."""
        if not reply.ok:
            self.books.refuse(transaction, reply.code)
            return False
        if transaction.state != "OK":
            self.books.post(transaction)
        self.check_balance(f"{transaction.kind} {transaction.transaction_id}", reply)
        return True

    def settle_doubt(self, bet: Transaction, expected: Collection[str] = DONE) -> bool:
        """Find out what became of an unanswered BET as platforms do: by status, repetition or cancel."""
        self.tally.retries += 1
        known = self.random.random() < 0.3 and self.ask("status", self.status_data(bet), FOUND_OR_NOT).ok
        if self.random.random() < 0.5:
            self.void(bet, DONE if known else FOUND_OR_NOT)
            return False
        reply = self.insist("changebalance", bet.data, DONE if known else expected)
        taken = self.book(bet, reply)
        if not taken:
            # The unanswered copy may still arrive, and find what it needs then: it must not be taken any more.
            self.void(bet)
        return taken

    def void(self, bet: Transaction, expected: Collection[str] = FOUND_OR_NOT) -> None:
        """Cancel a BET that is not in the books: either it was taken and is given back, or it never will be taken."""
        reply = self.insist("cancel", self.cancel_data(bet), expected, transaction=bet)
        bet.state = "CANCELED" if reply.ok else "VOID"
        self.books.refuse(bet, f"canceled without an answer: {reply.code or 'CANCELED'}")

    def undo(self, transaction: Transaction, *, finished: bool | None = None) -> None:
        """Cancel a transaction that is in the books, or cancel it again."""
        data = self.cancel_data(transaction, finished=finished)
        reply = self.insist("cancel", data, transaction=transaction)
        if not reply.ok:
            return
        if transaction.state == "OK":
            self.books.reverse(transaction)
        echoed = {name: data[name] for name in ("user_id", "transaction_id")}
        self.check_fields("cancel", reply, {**echoed, "transaction_status": "CANCELED"})

    def finish(self, round_id: int, expected: Collection[str] = DONE) -> None:
        now = datetime.now(UTC)
        data: Data = {
            "round_id": self.number(round_id),
            "user_id": self.user_id,
            "game_id": self.number(self.game_id),
            "round_date": f"{now:%Y-%m-%d}",
            "round_ts": str(int(now.timestamp() * 1000)),
        }
        reply = self.insist("finishround", data, expected)
        if reply.ok:
            self.check_fields("finishround", reply, {name: data[name] for name in ("round_id", "user_id", "game_id")})

    def confirm(self, transaction: Transaction) -> None:
        """Ask for a transaction's status and hold it against the books."""
        data = self.status_data(transaction)
        reply = self.insist("status", data, DONE if transaction.held else {"OP_41"})
        if reply.ok:
            echoed = {name: data[name] for name in ("user_id", "transaction_id")}
            what = f"status of {transaction.kind} {transaction.transaction_id}"
            self.check_fields(what, reply, {**echoed, "transaction_status": transaction.state})

    def settle_at_last(self) -> None:
        """Take over from the wallet's status what became of transactions that were never acknowledged."""
        for transaction in self.unsettled:
            reply = self.insist("status", self.status_data(transaction), FOUND_OR_NOT)
            status = reply.data.get("transaction_status")
            if status == "OK" and transaction.state != "OK":
                self.books.post(transaction)
                self.note("changebalance", transaction.data, reply)
            if status == "CANCELED" and transaction.state == "OK":
                self.books.reverse(transaction)
                self.note("cancel", transaction.data, reply)

    def compare_balance(self) -> None:
        """Ask for the balance and hold it against the books."""
        data: Data = {"token": self.token, "user_id": self.user_id, "currency_code": self.currency}
        reply = self.insist("balance", data)
        if reply.ok:
            self.check_balance("balance", reply)

    def status_data(self, transaction: Transaction) -> Data:
        now = datetime.now(UTC)
        return {
            "user_id": self.user_id,
            "transaction_id": transaction.data["transaction_id"],
            "transaction_type": transaction.kind,
            "transaction_date": f"{now:%Y-%m-%d}",
            "transaction_ts": str(int(now.timestamp() * 1000)),
            "round_id": transaction.data["round_id"],
        }

    def cancel_data(self, transaction: Transaction, *, finished: bool | None = None) -> Data:
        return {
            "user_id": self.number(self.user_id),
            "transaction_id": transaction.data["transaction_id"],
            "round_id": transaction.data["round_id"],
            "round_finished": finished,
            "game_id": transaction.data["game_id"],
        }

    def ask(self, command: str, data: Mapping[str, object], expected: Collection[str] = DONE) -> Reply:
        """Send a command once; an answer other than the expected ones is a difference, no clear answer is not."""
        reply = self.venue.wallet.call(command, data)
        self.judge(command, data, reply, expected)
        return reply

    def ask_together(
        self, requests: Sequence[tuple[str, Mapping[str, object]]], expected: Sequence[Collection[str]]
    ) -> list[Reply]:
        """Send several commands at the same moment."""
        calls = [self.venue.executor.submit(self.venue.wallet.call, command, data) for command, data in requests]
        replies = [call.result() for call in calls]
        for (command, data), reply, codes in zip(requests, replies, expected, strict=True):
            self.judge(command, data, reply, codes)
        return replies

    def insist(
        self,
        command: str,
        data: Mapping[str, object],
        expected: Collection[str] = DONE,
        *,
        transaction: Transaction | None = None,
    ) -> Reply:
        """Send a command until its answer is clear, or for as long as the robot's patience lasts.

        That is counted for this command and, so that a wallet gone for good is not waited for by every player anew,
        for any answer at all. A `transaction` whose fate is then still open is asked about once more at the end.
        """
        started, pause, bad_replies = time.monotonic(), FIRST_PAUSE, 0
        while is_doubtful((reply := self.ask(command, data, expected)).code):
            bad_replies += reply.code == "BAD_REPLY"
            waited_since = min(started, self.venue.pulse.silent_since or started)
            if time.monotonic() - waited_since > self.venue.patience or bad_replies == BAD_REPLIES_BORNE:
                self.differ(_title(command, data), "an answer", f"{reply.code}: {reply.message}")
                self.unsettled += [transaction] if transaction else []
                break
            self.tally.retries += 1
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        return reply

    def judge(self, command: str, data: Mapping[str, object], reply: Reply, expected: Collection[str]) -> None:
        self.note(command, data, reply)
        self.tally.count_call(command, reply.code, reply.milliseconds)
        self.venue.pulse.feel(silent=is_doubtful(reply.code))
        borne = is_doubtful(reply.code) and reply.code != "BAD_REPLY"
        if reply.code not in expected and not borne:
            codes = " or ".join(sorted(code or "OK" for code in expected))
            self.differ(_title(command, data), codes, f"{reply.code or 'OK'} {reply.message}".rstrip())

    def note(self, command: str, data: Mapping[str, object], reply: Reply) -> None:
        """Tell the platform's journal, which keeps what was acknowledged."""
        self.venue.journal.note(self.venue.wallet.operator_id, command, data, reply)

    def check_balance(self, what: str, reply: Reply) -> None:
        """Hold a returned balance against the books: nobody else moves this account."""
        self.check_fields(what, reply, {"balance": self.books.balance, "currency_code": self.currency})

    def check_fields(self, what: str, reply: Reply, expected: Mapping[str, object]) -> None:
        for name, value in expected.items():
            found = reply.data.get(name)
            if found != value or type(found) is not type(value):
                self.differ(f"{what}: {name}", str(value), str(found))

    def differ(self, what: str, expected: str, found: str) -> None:
        """Report something wrong; what this player finds later may follow from it, and is left out."""
        if not self.out:
            self.tally.report(Difference(self.user_id, what, expected, found, tuple(self.books.history)))
        self.out = True


def _title(command: str, data: Mapping[str, object]) -> str:
    return f"{data.get('transaction_type', command)} {data.get('transaction_id', '')}".rstrip()
