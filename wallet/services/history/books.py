"""The accounts of a made-up history, as they stand while it is told, and the rows that it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from wallet.enums import Kind, RoundState, Source, Tag
from wallet.services.history.encoding import (
    Entry,
    encode_bytes,
    encode_count,
    encode_entry,
    encode_integer,
    encode_money,
    encode_row,
    encode_text,
    encode_word,
)

COLUMNS = {
    "wallet_ledgerrow": (
        "transaction_id, account_id, number, debit_id, credit_id, kind, amount, balance, operator_id, round_id,"
        " game_id, reverses_id, created_at, platform_at, tags, context, hash"
    ),
    "wallet_transaction": (
        "id, source, owner_id, reference, kind, player_id, account_id, amount, round_id, game_id, reverses_id,"
        " created_at"
    ),
    "wallet_round": (
        "id, operator_id, player_id, round_ref, game_id, currency, state, opened_at, finished_at, finished_by,"
        " bet_count, win_count, cancel_count, bet_sum, win_sum"
    ),
    "wallet_session": (
        "token_digest, player_id, account_id, operator_id, game_id, lobby_ref, mode, device, language, ip,"
        " created_at, expires_at, ended_by"
    ),
}
SECOND = 1_000_000
DAY = 86_400 * SECOND
FIRST_REFERENCE = 700_000_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """Where rounds are played: an operator, its games, and by currency the accounts on its side."""

    operator_id: int
    games: Sequence[int]
    house: dict[str, int]
    promotions: dict[str, int]


@dataclass(frozen=True, slots=True)
class Sitting:
    """One launch: who plays which game at which operator."""

    player: int
    table: Table
    game_id: int


@dataclass(slots=True)
class Played:
    """A round while it is told; `standing` are the movements that no cancel has reversed."""

    id: int
    sitting: Sitting
    opened_at: int
    standing: list[Entry] = field(default_factory=list)
    cancels: int = 0


class Asked(NamedTuple):
    """What a transaction says, beside whose it is and when; `reverses` is another one's id."""

    source: str
    owner_id: int
    reference: str | None
    kind: str
    amount: int
    reverses: int | None = None


@dataclass(slots=True)
class Books:
    """Players are known by their place, from 0; the one in place 0 has the ids `first_player` and `first_account`."""

    casino_id: int
    first_player: int
    first_account: int
    next_transaction: int
    next_round: int
    currencies: Sequence[str]
    cashiers: dict[str, int]
    draw: Random
    balances: list[int]
    numbers: list[int]
    heads: list[bytes]
    written: int = 0
    rows: dict[str, list[bytes]] = field(default_factory=lambda: {table: [] for table in COLUMNS})

    def open_round(self, sitting: Sitting, at: int) -> Played:
        """Begin a round."""
        self.next_round += 1
        return Played(self.next_round - 1, sitting, at)

    def move_cash(self, player: int, amount: int, at: int) -> None:
        """Book a deposit, or with a negative amount a withdrawal."""
        kind = Kind.DEPOSIT if amount >= 0 else Kind.WITHDRAWAL
        asked = Asked(Source.CASHIER.value, self.casino_id, f"cash-{self.next_transaction}", kind.value, abs(amount))
        cashier = self.cashiers[self.currencies[player]]
        self._book(asked, player, at, other=cashier, is_credit=amount >= 0, context="{}")

    def move(self, played: Played, kind: Kind, amount: int, at: int, tag: Tag | None, *, promotional: bool) -> None:
        """Book a bet, a win or a refund of a round."""
        player, table = played.sitting.player, played.sitting.table
        other = (table.promotions if promotional else table.house)[self.currencies[player]]
        reference = str(FIRST_REFERENCE + self.next_transaction)
        asked = Asked(Source.PLATFORM.value, table.operator_id, reference, kind.value, amount)
        context = f'{{"reason":"SPIN","history_id":"{reference}"}}'
        entry = self._book(
            asked, player, at, other=other, is_credit=kind is not Kind.BET, played=played, tag=tag, context=context
        )
        played.standing.append(entry)

    def cancel(self, played: Played, at: int) -> None:
        """Reverse the last movement of a round that is not reversed."""
        player, original = played.sitting.player, played.standing.pop()
        played.cancels += 1
        was_credit = original.credit_id == original.account_id
        after = self.balances[player] + (-original.amount if was_credit else original.amount)
        asked = Asked(
            Source.PLATFORM.value,
            played.sitting.table.operator_id,
            None,
            Kind.CANCEL.value,
            original.amount,
            original.transaction_id,
        )
        other = original.debit_id if was_credit else original.credit_id
        tag = Tag.OVERDRAWN if after < 0 else None
        self._book(asked, player, at, other=other, is_credit=not was_credit, played=played, tag=tag)

    def leave_tombstone(self, sitting: Sitting, at: int) -> None:
        """Keep the cancel of a transaction that never came."""
        reference = encode_text(str(FIRST_REFERENCE + self.next_transaction))
        values = (
            encode_integer(self.next_transaction),
            encode_word(Source.PLATFORM.value),
            encode_integer(sitting.table.operator_id),
            reference,
            encode_word(Kind.TOMBSTONE.value),
            encode_integer(self.first_player + sitting.player),
            encode_integer(None),
            encode_money(0),
            *(encode_integer(None),) * 3,
            encode_integer(at),
        )
        self.rows["wallet_transaction"].append(encode_row(values))
        self.next_transaction += 1

    def end_round(self, played: Played, state: RoundState, at: int, by: str) -> None:
        """Write a round as it stands; an open one has no end and nobody who ended it."""
        ended = state is not RoundState.OPEN
        bets = [entry.amount for entry in played.standing if entry.kind == Kind.BET.value]
        wins = [entry.amount for entry in played.standing if entry.kind != Kind.BET.value]
        sitting = played.sitting
        values = (
            encode_integer(played.id),
            encode_integer(sitting.table.operator_id),
            encode_integer(self.first_player + sitting.player),
            encode_text(str(FIRST_REFERENCE + played.id)),
            encode_integer(sitting.game_id),
            encode_word(self.currencies[sitting.player]),
            encode_word(state.value),
            encode_integer(played.opened_at),
            encode_integer(at if ended else None),
            encode_word(by if ended else ""),
            *(encode_count(count) for count in (len(bets), len(wins), played.cancels)),
            encode_money(sum(bets)),
            encode_money(sum(wins)),
        )
        self.rows["wallet_round"].append(encode_row(values))

    def open_session(self, sitting: Sitting, at: int) -> None:
        """Write a launch; nobody knows its token."""
        address = bytes((2, 32, 0, 4, 10, *self.draw.randbytes(3)))
        player = sitting.player
        values = (
            encode_bytes(self.draw.randbytes(32)),
            encode_integer(self.first_player + player),
            encode_integer(self.first_account + player),
            encode_integer(sitting.table.operator_id),
            encode_integer(sitting.game_id),
            encode_word(""),
            encode_word("real"),
            encode_word("mobile" if player % 3 else "desktop"),
            encode_word("en"),
            encode_bytes(address),
            encode_integer(at),
            encode_integer(at + DAY),
            encode_word(""),
        )
        self.rows["wallet_session"].append(encode_row(values))

    def _book(
        self,
        asked: Asked,
        player: int,
        at: int,
        *,
        other: int,
        is_credit: bool,
        played: Played | None = None,
        tag: Tag | None = None,
        context: str | None = None,
    ) -> Entry:
        account = self.first_account + player
        self._write_transaction(asked, player, at, played)
        self.balances[player] += asked.amount if is_credit else -asked.amount
        self.numbers[player] += 1
        entry = Entry(
            self.next_transaction,
            account,
            self.numbers[player],
            other if is_credit else account,
            account if is_credit else other,
            asked.kind,
            asked.amount,
            self.balances[player],
            played.sitting.table.operator_id if played else None,
            played.id if played else None,
            played.sitting.game_id if played else None,
            asked.reverses,
            at,
            at if played and asked.reference else None,
            tag.value if tag else None,
            context,
        )
        row, self.heads[player] = encode_entry(entry, self.heads[player])
        self.rows["wallet_ledgerrow"].append(row)
        self.next_transaction += 1
        self.written += 1
        return entry

    def _write_transaction(self, asked: Asked, player: int, at: int, played: Played | None) -> None:
        values = (
            encode_integer(self.next_transaction),
            encode_word(asked.source),
            encode_integer(asked.owner_id),
            encode_integer(None) if asked.reference is None else encode_text(asked.reference),
            encode_word(asked.kind),
            encode_integer(self.first_player + player),
            encode_integer(self.first_account + player),
            encode_money(asked.amount),
            encode_integer(played.id if played else None),
            encode_integer(played.sitting.game_id if played else None),
            encode_integer(asked.reverses),
            encode_integer(at),
        )
        self.rows["wallet_transaction"].append(encode_row(values))
