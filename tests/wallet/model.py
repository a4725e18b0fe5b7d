"""The wallet in plain Python: dictionaries and the rules of the protocol, to compare the real one with."""

from dataclasses import dataclass, field
from decimal import Decimal

NOTHING = Decimal(0)
LARGE = Decimal(1000)


@dataclass
class ModelSession:
    player: str
    currency: str
    game: str | None
    live: bool = True


NO_SESSION = ModelSession("", "", None, live=False)


@dataclass
class ModelTransaction:
    """What came under an id; `kind` is None for a tombstone."""

    player: str
    kind: str | None = None
    currency: str = ""
    amount: Decimal = NOTHING
    round: str = ""
    game: str = ""
    promotional: bool = False
    canceled: bool = False


@dataclass
class ModelRound:
    finished_by: str = ""
    live: list[ModelTransaction] = field(default_factory=list)
    cancels: int = 0

    def sum(self, *kinds: str) -> Decimal:
        return sum((one.amount for one in self.live if one.kind in kinds), NOTHING)

    def count(self, *kinds: str) -> int:
        return sum(one.kind in kinds for one in self.live)


@dataclass
class Asked:
    """A movement as a platform asks for it."""

    kind: str
    player: str
    token: str | None
    reference: str
    round: str
    finished: bool
    game: str
    currency: str
    amount: Decimal
    promotional: bool


@dataclass
class Model:
    """One casino with one operator. Answers are the ledger's own words."""

    balances: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    sessions: dict[str, ModelSession] = field(default_factory=dict)
    transactions: dict[str, ModelTransaction] = field(default_factory=dict)
    rounds: dict[tuple[str, str], ModelRound] = field(default_factory=dict)
    cash: dict[str, tuple[str, str, str, Decimal]] = field(default_factory=dict)
    system: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    barred: set[str] = field(default_factory=set)
    disabled: set[str] = field(default_factory=set)
    suspended: bool = False
    tags: dict[str, set[str]] = field(default_factory=dict)
    games: set[str] = field(default_factory=set)

    @property
    def players(self) -> set[str]:
        return {player for player, _ in self.balances}

    def balance(self, player: str, currency: str) -> Decimal | None:
        return self.balances.get((player, currency))

    def move(self, asked: Asked) -> str:
        outcome = self._refuse(asked)
        if outcome == "applied":
            self.tags[asked.reference] = self._tags(asked)
            self._book(asked)
        return outcome

    def _refuse(self, asked: Asked) -> str:
        if asked.player not in self.players:
            return "unknown_player"
        if asked.reference in self.transactions:
            return self._answer_retry(asked, self.transactions[asked.reference])
        if (asked.player, asked.currency) not in self.balances:
            return "invalid_currency"
        return self._refuse_bet(asked) if asked.kind == "bet" else "applied"

    def _answer_retry(self, asked: Asked, known: ModelTransaction) -> str:
        if known.kind is None:
            return "transaction_canceled"
        first = (known.kind, known.player, known.currency, known.amount, known.round, known.game)
        if first != (asked.kind, asked.player, asked.currency, asked.amount, asked.round, asked.game):
            return "duplicate_transaction"
        return "transaction_canceled" if known.canceled else "replayed"

    def _refuse_bet(self, asked: Asked) -> str:
        session = self.sessions.get(asked.token or "", NO_SESSION)
        played = self.rounds.get((asked.player, asked.round), ModelRound())
        held = self.balances[asked.player, asked.currency]
        fits = session.live and session.player == asked.player and session.game in {None, asked.game}
        causes = {
            "invalid_token": not fits,
            "invalid_currency": session.currency != asked.currency,
            "player_blocked": asked.player in self.barred,
            "game_disabled": self.suspended or asked.game in self.disabled,
            "round_finished": played.finished_by == "platform",
            "insufficient_funds": held < asked.amount or held < 0,
        }
        return next((cause for cause, holds in causes.items() if holds), "applied")

    def _tags(self, asked: Asked) -> set[str]:
        played = self.rounds.get((asked.player, asked.round), ModelRound())
        bet, alone = asked.kind == "bet", not played.count("bet")
        odd = {
            "unmapped_game": asked.game not in self.games,
            "promotional_stake": bet and asked.promotional and asked.amount > 0,
            "round_reopened": bet and bool(played.finished_by),
            "without_bet": not bet and alone,
            "large_without_bet": asked.kind == "win" and alone and asked.amount >= LARGE,
            "round_finished": not bet and bool(played.finished_by),
            "player_blocked": not bet and asked.player in self.barred,
            "refund_after_cancel": asked.kind == "refund" and played.cancels > 0,
        }
        return {tag for tag, holds in odd.items() if holds}

    def _book(self, asked: Asked) -> None:
        booked = ModelTransaction(
            asked.player, asked.kind, asked.currency, asked.amount, asked.round, asked.game, asked.promotional
        )
        self.transactions[asked.reference] = booked
        self.games.add(asked.game)
        played = self.rounds.setdefault((asked.player, asked.round), ModelRound())
        if asked.finished:
            played.finished_by = "platform"
        elif asked.kind == "bet":
            played.finished_by = ""
        played.live.append(booked)
        self._transfer(booked, -1 if asked.kind == "bet" else 1)

    def _transfer(self, booked: ModelTransaction, sign: int) -> None:
        side = "promotions" if booked.promotional else "house"
        self.balances[booked.player, booked.currency] += sign * booked.amount
        self.system[side, booked.currency] = self.system.get((side, booked.currency), NOTHING) - sign * booked.amount

    def cancel(self, player: str, reference: str, round_ref: str, *, finished: bool) -> str:
        if player not in self.players:
            return "unknown_player"
        known = self.transactions.get(reference)
        outcome = "unknown_transaction"
        if known is None:
            self.transactions[reference] = ModelTransaction(player)
        elif known.kind is not None and known.player == player:
            outcome = "canceled_before" if known.canceled else "canceled"
            if not known.canceled:
                self._reverse(known)
        if finished and (player, round_ref) in self.rounds:
            self.rounds[player, round_ref].finished_by = "platform"
        return outcome

    def _reverse(self, known: ModelTransaction) -> None:
        known.canceled = True
        played = self.rounds[known.player, known.round]
        played.live.remove(known)
        played.cancels += 1
        self._transfer(known, 1 if known.kind == "bet" else -1)

    def status(self, player: str, reference: str) -> str:
        if player not in self.players:
            return "unknown_player"
        known = self.transactions.get(reference)
        if known is None or known.kind is None or known.player != player:
            return "unknown_transaction"
        return "canceled" if known.canceled else "booked"

    def finish_round(self, player: str, round_ref: str) -> str:
        if player not in self.players:
            return "unknown_player"
        if (player, round_ref) not in self.rounds:
            return "unknown_round"
        self.rounds[player, round_ref].finished_by = "platform"
        return "finished"

    def move_cash(self, kind: str, player: str, reference: str, currency: str, amount: Decimal) -> str:
        if player not in self.players:
            return "unknown_player"
        if reference in self.cash:
            return "replayed" if self.cash[reference] == (kind, player, currency, amount) else "duplicate_transaction"
        if (player, currency) not in self.balances:
            return "invalid_currency"
        if kind == "withdrawal" and self.balances[player, currency] < amount:
            return "insufficient_funds"
        sign = 1 if kind == "deposit" else -1
        self.cash[reference] = (kind, player, currency, amount)
        self.balances[player, currency] += sign * amount
        self.system["cashier", currency] = self.system.get(("cashier", currency), NOTHING) - sign * amount
        return "applied"
