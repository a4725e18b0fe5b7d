"""Any sequence of commands: the ledger decides, moves and remembers as a plain Python model does."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from catalog.models import Game
from tests.wallet.invariants import find_faults, mark
from tests.wallet.model import Asked, Model, ModelSession
from tests.wallet.platform import in_process
from tests.wallet.world import STAFF, World
from wallet import ledger
from wallet.ledger import LedgerUnavailable
from wallet.models import Account, LedgerRow, Player, Round, Transaction
from wallet.services.launch import end_session
from wallet.services.players import block_player, unblock_player

SQL = Path(__file__).parents[2] / "wallet/sql"
ANNA, BORIS, NOBODY = "anna", "boris", "nobody"
players = st.sampled_from([ANNA, ANNA, ANNA, BORIS, BORIS, NOBODY])
currencies = st.sampled_from(["EUR", "EUR", "EUR", "USD", "GBP"])
games = st.sampled_from(["200", "200", "200", "201", "unlisted"])
kinds = st.sampled_from(["bet", "bet", "bet", "win", "win", "refund"])
amounts = st.sampled_from([Decimal(text) for text in ("0", "0.01", "5", "5", "33.33", "80", "1000")])
references = st.sampled_from([f"t{number}" for number in range(1, 11)])
rounds = st.sampled_from(["r1", "r1", "r2", "r3"])
tokens = st.sampled_from(["game", "game", "game", "game", "lobby", "dollars", "dead", "other", None])
rarely = st.sampled_from([False, False, False, True])
circumstances = st.sampled_from(["", "", "", "", "barred", "disabled", "suspended"])
# Not finished, on the usual game, in the usual currency, for nothing, at the house's cost.
FREE_SPIN = (False, "200", "EUR", Decimal(0), False)


class LedgerMachine(RuleBasedStateMachine):
    """Does everything twice: to the database and to the model."""

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.before = mark()
        self.now = datetime(2026, 11, 20, tzinfo=UTC)
        self.world = World(in_process(Client()))
        self.world.add_game("201")
        lobby = self.world.add_lobby("portomaso").lobby_ref
        self.model = Model(games={"200", "201"})
        self.players: dict[str, Player] = {}
        self.tokens: dict[tuple[str, str], str] = {}
        for name in (ANNA, BORIS):
            self.players[name] = player = self.world.add_player("EUR", "USD", user_id=name)
            self.model.balances |= {(name, "EUR"): Decimal(0), (name, "USD"): Decimal(0)}
            self.open_session("game", name, "EUR", "200", self.world.launch(player))
            self.open_session("lobby", name, "EUR", None, self.world.launch(player, lobby_ref=lobby))
            self.open_session("dollars", name, "USD", "200", self.world.launch(player, "USD"))
            self.open_session("dead", name, "EUR", "200", self.world.launch(player))
            self.end_session("dead", name)
            self.move_cash("deposit", name, f"first of {name}", "EUR", Decimal(100))

    def open_session(self, kind: str, name: str, currency: str, game: str | None, token: str) -> None:
        self.tokens[kind, name] = token
        self.model.sessions[token] = ModelSession(name, currency, game)

    def end_session(self, kind: str, name: str) -> None:
        session = self.players[name].sessions.get(token_digest=ledger.digest_token(self.tokens[kind, name]))
        end_session(session=session, by=STAFF, now=datetime.now(UTC))
        self.model.sessions[self.tokens[kind, name]].live = False

    @contextmanager
    def while_(self, circumstance: str, name: str) -> Iterator[None]:
        """Staff bar the player, disable the game or suspend the operator, and take it back afterwards."""
        player = self.players.get(name)
        self._change(circumstance, name, player, on=True)
        yield
        self._change(circumstance, name, player, on=False)

    def _change(self, circumstance: str, name: str, player: Player | None, *, on: bool) -> None:
        if circumstance == "barred" and player is not None:
            self.model.barred ^= {name}
            if on:
                block_player(player=player, reason="chargeback", by=STAFF, now=self.now)
            else:
                unblock_player(player=player, reason="cleared", by=STAFF)
        elif circumstance == "disabled":
            self.model.disabled ^= {"200"}
            Game.objects.filter(operator=self.world.operator, game_ref="200").update(enabled=not on)
        elif circumstance == "suspended":
            self.model.suspended = on

    def token_of(self, kind: str | None, name: str) -> str | None:
        """A token of the player's, or with `other` the other player's."""
        if kind == "other":
            return self.tokens["game", BORIS if name == ANNA else ANNA]
        return self.tokens.get((kind or "", name))

    @property
    def caller(self) -> ledger.Caller:
        return ledger.Caller(
            operator_id=self.world.operator.pk,
            casino_id=self.world.casino.pk,
            suspended=self.model.suspended,
            skip_closing=False,
            large_win=Decimal(1000),
        )

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def ask(self, asked: Asked) -> None:
        movement = ledger.Movement(
            kind=asked.kind,
            user_id=asked.player,
            token=asked.token,
            reference=asked.reference,
            round_ref=asked.round,
            round_finished=asked.finished,
            game_ref=asked.game,
            currency=asked.currency,
            amount=asked.amount,
            promotional=asked.promotional,
            platform_at=None,
            context=None,
        )
        # Sessions are opened at the real time, and last a day from then.
        posting = ledger.change_balance(caller=self.caller, movement=movement, now=datetime.now(UTC))
        assert posting.outcome == self.model.move(asked)
        if posting.outcome in {"applied", "replayed"}:
            assert posting.balance == self.model.balance(asked.player, asked.currency)

    @rule(
        what=st.tuples(kinds, players, tokens, references, rounds, rarely, games, currencies, amounts, rarely),
        circumstance=circumstances,
    )
    def move(
        self,
        what: tuple[str, str, str | None, str, str, bool, str, str, Decimal, bool],
        circumstance: str,
    ) -> None:
        kind, player, token, reference, round_ref, finished, game, currency, amount, promotional = what
        shown = self.token_of(token, player)
        with self.while_(circumstance, player):
            self.ask(Asked(kind, player, shown, reference, round_ref, finished, game, currency, amount, promotional))

    @rule(
        kind=kinds,
        name=st.sampled_from([ANNA, BORIS]),
        reference=references,
        round_ref=rounds,
        amount=amounts,
        token=st.sampled_from(["game", "game", "game", "dead", "lobby"]),
        circumstance=circumstances,
    )
    def move_as_usual(
        self,
        *,
        kind: str,
        name: str,
        reference: str,
        round_ref: str,
        amount: Decimal,
        token: str = "game",  # noqa: S107 - the name of one
        circumstance: str = "",
    ) -> None:
        shown = self.token_of(token, name)
        with self.while_(circumstance, name):
            self.ask(Asked(kind, name, shown, reference, round_ref, False, "200", "EUR", amount, False))

    @rule(name=st.sampled_from([ANNA, BORIS]), reference=references, round_ref=rounds, amount=amounts)
    def bet_and_maybe_think_better_of_it(self, name: str, reference: str, round_ref: str, amount: Decimal) -> None:
        self.move_as_usual(kind="bet", name=name, reference=reference, round_ref=round_ref, amount=amount)
        self.cancel_what_is_there(reference)
        self.retry(reference, "game", False, False)

    @rule(reference=references, token=tokens, finished=st.booleans(), promotional=st.booleans())
    def retry(self, reference: str, token: str | None, finished: bool, promotional: bool) -> None:
        """The same again, save for what may change between retries."""
        known = self.model.transactions.get(reference)
        if known is None or known.kind is None:
            return
        shown = self.token_of(token, known.player)
        what = (known.round, finished, known.game, known.currency, known.amount, promotional)
        self.ask(Asked(known.kind, known.player, shown, reference, *what))

    @rule(player=players, reference=references, round_ref=rounds, finished=rarely)
    def cancel(self, player: str, reference: str, round_ref: str, finished: bool) -> None:
        outcome = ledger.cancel_transaction(
            caller=self.caller,
            user_id=player,
            reference=reference,
            round_ref=round_ref,
            round_finished=finished,
            now=self.tick(),
        )
        assert outcome == self.model.cancel(player, reference, round_ref, finished=finished)

    @rule(reference=references)
    def cancel_what_is_there(self, reference: str) -> None:
        known = self.model.transactions.get(reference)
        if known is not None:
            self.cancel(known.player, reference, known.round or "r1", False)

    @rule(reference=references)
    def take_back_a_win_that_was_paid_out(self, reference: str) -> None:
        """The account goes below zero, and not even a free spin is to be had."""
        known = self.model.transactions.get(reference)
        if known is None or known.kind != "win" or known.canceled:
            return
        held = self.model.balances[known.player, known.currency]
        if held > 0:
            self.move_cash("withdrawal", known.player, f"all at {self.tick()}", known.currency, held)
        self.cancel(known.player, reference, known.round, False)
        at = str(self.tick())
        self.ask(Asked("bet", known.player, self.token_of("game", known.player), at, at, *FREE_SPIN))

    @rule(player=players, reference=references)
    def status(self, player: str, reference: str) -> None:
        outcome = ledger.get_status(caller=self.caller, user_id=player, reference=reference)
        assert outcome == self.model.status(player, reference)

    @rule(player=players, round_ref=rounds)
    def finish_round(self, player: str, round_ref: str) -> None:
        outcome = ledger.finish_round(caller=self.caller, user_id=player, round_ref=round_ref, now=self.tick())
        assert outcome == self.model.finish_round(player, round_ref)

    @rule(
        kind=st.sampled_from(["deposit", "deposit", "withdrawal"]),
        player=players,
        reference=st.sampled_from(["c1", "c2", "c3"]),
        currency=currencies,
        amount=st.sampled_from([Decimal("0.01"), Decimal(5), Decimal(80)]),
    )
    def move_cash(self, kind: str, player: str, reference: str, currency: str, amount: Decimal) -> None:
        posting = ledger.move_cash(
            casino_id=self.world.casino.pk,
            kind=kind,
            user_id=player,
            reference=reference,
            currency=currency,
            amount=amount,
            context="{}",
            now=self.tick(),
        )
        assert posting.outcome == self.model.move_cash(kind, player, reference, currency, amount)

    @rule(name=st.sampled_from([ANNA, BORIS]), round_ref=rounds)
    def close_the_round_ourselves(self, name: str, round_ref: str) -> None:
        played = self.model.rounds.get((name, round_ref))
        if played is not None and not played.finished_by:
            played.finished_by = STAFF
            found = Round.objects.filter(player=self.players[name], round_ref=round_ref)
            found.update(state="finished", finished_at=self.now, finished_by=STAFF)

    @invariant()
    def balances_agree(self) -> None:
        accounts = Account.objects.filter(casino=self.world.casino, kind="player").select_related("player")
        held = {(account.player.user_id, account.currency): account.balance for account in accounts if account.player}
        assert held == self.model.balances

    def teardown(self) -> None:
        try:
            self.compare_all()
        finally:
            transaction.set_rollback(True)
            self.around.__exit__(None, None, None)

    def compare_all(self) -> None:
        assert find_faults(self.before) == []
        self.compare_rounds()
        self.compare_transactions()
        for side, currency in self.model.system:
            assert self.world.system_balance(side, currency) == self.model.system[side, currency]

    def compare_rounds(self) -> None:
        names = {player.pk: name for name, player in self.players.items()}
        found = {
            (names[played.player_id], played.round_ref): (
                played.finished_by,
                (played.bet_count, played.bet_sum, played.win_count, played.win_sum, played.cancel_count),
            )
            for played in Round.objects.filter(operator=self.world.operator)
        }
        assert found == {
            key: (
                played.finished_by,
                (
                    *(played.count("bet"), played.sum("bet")),
                    *(played.count("win", "refund"), played.sum("win", "refund"), played.cancels),
                ),
            )
            for key, played in self.model.rounds.items()
        }

    def compare_transactions(self) -> None:
        asked = Transaction.objects.filter(owner_id=self.world.operator.pk, source="platform")
        found = {one.reference: one.kind for one in asked if one.reference is not None}
        assert found == {key: one.kind or "tombstone" for key, one in self.model.transactions.items()}
        rows = LedgerRow.objects.filter(transaction__in=asked, reverses=None).select_related("transaction")
        assert {row.transaction.reference: set(row.tags or ()) for row in rows} == self.model.tags


def run(examples: int, *phases: Phase, derandomize: bool = False) -> None:
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            database=None,
            derandomize=derandomize,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_ledger_does_as_the_model_does() -> None:
    run(60, Phase.explicit, Phase.generate, Phase.shrink)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("function", "right", "wrong"),
    [
        ("wallet_change_balance", "WHEN balance < _amount THEN", "WHEN balance + 100 < _amount THEN"),
        ("wallet_answer_retry", "known.id) THEN 'transaction_canceled'", "known.id) THEN 'replayed'"),
        ("wallet_change_balance", "AND ended_at IS NULL", ""),
        ("wallet_change_balance", "WHEN _promotional THEN 'promotions'", "WHEN _kind = 'win' THEN 'promotions'"),
        ("wallet_cancel_transaction", "OR _known.player_id IS DISTINCT FROM _player_id", ""),
        ("wallet_reverse", "bet_sum = bet_sum - _bet * _original.amount", "bet_sum = bet_sum"),
        (
            "wallet_move_cash",
            "IS DISTINCT FROM (_kind, _account_id, _amount)",
            "IS DISTINCT FROM (_kind, _account_id, _known.amount)",
        ),
    ],
)
def test_fault_in_a_function_is_noticed(function: str, right: str, wrong: str) -> None:
    text = (SQL / f"{function}.sql").read_text()
    assert text.count(right) == 1
    with connection.cursor() as cursor:
        cursor.execute(text.replace(right, wrong))
    with pytest.raises((AssertionError, LedgerUnavailable)):
        run(1_000, Phase.generate, derandomize=True)
