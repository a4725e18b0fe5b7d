"""What holds at the very moment at which something begins or ends, and what must not be taken for something alike."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from pytest_django import Settings

from catalog.models import Game
from geoblock.services.rules import save_rules
from operators.models import AuditEntry, Casino
from operators.selectors.refusals import Refusal
from tests.wallet.limited_play import LimitedPlay
from tests.wallet.platform import Transport, numbers
from tests.wallet.world import STAFF, Seat, World
from wallet.models import Player, Round, Session
from wallet.services import cashier, play
from wallet.services.cashier import BalanceTooLow
from wallet.services.ceilings import set_ceiling
from wallet.services.players import register_player
from wallet.services.requests import request_adjustment

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def play_at(db: None, wallet_door: Transport) -> LimitedPlay:
    return LimitedPlay(wallet_door, NOON)


def caller(world: World) -> play.Caller:
    return play.Caller(world.operator.pk, world.casino.pk, False, False, Decimal(1000))


def said(act: Callable[[], object]) -> str:
    """The name of the refusal, or `done`."""
    try:
        act()
    except (play.Refusal, Refusal) as refusal:
        return type(refusal).__name__
    return "done"


def ask_all(play_at: LimitedPlay) -> dict[str, str]:
    """What becomes of each call that looks at the session or the player, at the clock's time."""
    token, user_id, now = play_at.seated.token, play_at.player.user_id, play_at.now
    asked: dict[str, Any] = {"caller": caller(play_at), "token": token, "now": now}
    return {
        "bet": said(lambda: play_at.ask("bet", "1.00")),
        "balance": said(lambda: play.get_balance(**asked, user_id=user_id, currency="EUR")),
        "authenticate": said(lambda: play.authenticate(**asked, excepted_countries=())),
        "deposit": said(lambda: play_at.pay("deposit", "1.00")),
    }


def test_exclusion_ends_at_its_end(play_at: LimitedPlay) -> None:
    Player.objects.filter(pk=play_at.player.pk).update(excluded_until=NOON + MOMENT)
    assert ask_all(play_at) == {
        "bet": "PlayerBlocked",
        "balance": "PlayerBlocked",
        "authenticate": "LaunchNotAllowed",
        "deposit": "DepositorExcluded",
    }
    play_at.now += MOMENT
    assert set(ask_all(play_at).values()) == {"done"}


def test_session_is_dead_from_the_moment_that_it_expires(play_at: LimitedPlay) -> None:
    Session.objects.filter(player=play_at.player).update(expires_at=NOON + MOMENT)
    assert set(ask_all(play_at).values()) == {"done"}
    play_at.now += MOMENT
    assert ask_all(play_at) == {
        "bet": "InvalidToken",
        "balance": "InvalidToken",
        "authenticate": "InvalidToken",
        "deposit": "done",
    }


def test_session_time_is_up_at_its_end(play_at: LimitedPlay) -> None:
    Session.objects.filter(player=play_at.player).update(
        sitting_since=NOON - timedelta(hours=1), sitting_until=NOON + MOMENT
    )
    assert set(ask_all(play_at).values()) == {"done"}
    play_at.now += MOMENT
    assert ask_all(play_at) == {
        "bet": "LimitReached",
        "balance": "done",
        "authenticate": "LaunchNotAllowed",
        "deposit": "done",
    }


@pytest.mark.parametrize("doubt", ["settled", "another player's", "another bet's", "in another round"])
def test_only_the_very_bet_that_is_in_doubt_may_join_a_round_that_has_ended(
    world: World, seat: Seat, doubt: str
) -> None:
    world.bet(seat, "5.00", round_id=8, transaction_id=6, round_finished=True)
    changes: dict[str, dict[str, object]] = {"settled": {"unresolved": False}, "in another round": {"round_ref": "9"}}
    user_id = world.seat().user_id if doubt == "another player's" else seat.user_id
    world.leave_in_doubt(user_id, "10" if doubt == "another bet's" else "7", **changes.get(doubt, {}))
    with world.unmoved():
        assert world.bet(seat, "1.00", round_id=8, transaction_id=7).verdict == "OP_49"
    world.leave_in_doubt(seat.user_id, "7")
    assert world.bet(seat, "1.00", round_id=8, transaction_id=7).verdict == "OK"


def test_doubt_that_is_settled_keeps_no_round_from_its_end(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", round_id=8)
    world.leave_in_doubt(seat.user_id, "7", unresolved=False)
    world.finish_round(seat, 8)
    assert world.round(8).state == "finished"


def test_doubt_about_another_operators_call_is_none_of_the_rounds(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", round_id=8)
    mine = world.operator, world.platform
    world.operator, world.platform = world.join_platform()
    world.leave_in_doubt(seat.user_id, "7")
    world.operator, world.platform = mine
    world.finish_round(seat, 8)
    assert world.round(8).state == "finished"


def test_players_of_two_casinos_with_one_name_are_two(world: World, seat: Seat) -> None:
    other = World(world.transport)
    theirs = other.seat(user_id=seat.user_id, user_name=f"other{next(numbers)}")
    assert theirs.user_id == seat.user_id
    assert world.bet(seat, "1.00", transaction_id=6, round_id=8).balance == Decimal("99.00")
    assert other.bet(theirs, "2.00", transaction_id=6, round_id=8).balance == Decimal("98.00")
    with world.unmoved():
        assert other.cancel(theirs, 6, 8).verdict == "OK"
        assert other.finish_round(theirs, 8).verdict == "OK"
        assert other.status(theirs, 6).data["transaction_status"] == "CANCELED"
    assert world.status(seat, 6).data["transaction_status"] == "OK"
    with other.unmoved():
        assert cashier.withdraw(
            casino=world.casino,
            user_id=seat.user_id,
            amount=Decimal(1),
            currency="EUR",
            reference="same",
            by=STAFF,
            now=datetime.now(UTC),
        ).balance == Decimal("98.00")
    assert (seat.balance, theirs.balance) == (Decimal("98.00"), Decimal("100.00"))


def test_reference_that_another_operator_or_a_cashier_used_is_free_though_their_numbers_are_the_same(
    world: World, seat: Seat
) -> None:
    """Casinos and operators are counted apart: the casino made here has the operator's number."""
    namesake = Casino.objects.filter(pk=world.operator.pk).first() or Casino.objects.create(
        pk=world.operator.pk, slug="namesake", name="Namesake", home_url="https://namesake.example"
    )
    payer = register_player(
        casino=namesake, currencies=["EUR"], by=STAFF, user_id="payer", user_name="payer", country="DE"
    ).player
    move: dict[str, Any] = {
        "casino": namesake,
        "user_id": payer.user_id,
        "currency": "EUR",
        "by": STAFF,
        "now": datetime.now(UTC),
    }
    cashier.deposit(**move, amount=Decimal(7), reference="7")
    mine = world.operator, world.platform
    world.operator, world.platform = world.join_platform()
    Game.objects.create(operator=world.operator, game_ref="200", title="Another's")
    seat.token = world.launch(seat.player)
    assert world.bet(seat, "1.00", transaction_id=7, round_id=8).verdict == "OK"
    world.operator, world.platform = mine
    seat.token = world.launch(seat.player)
    with world.unmoved():
        assert world.status(seat, 7).verdict == "OP_41"
        assert world.bet(seat, "5000.00", transaction_id=7, round_id=8).verdict == "OP_31"
    assert world.bet(seat, "1.00", transaction_id=7, round_id=8).balance == Decimal("98.00")
    assert world.status(seat, 7).data["transaction_status"] == "OK"
    assert world.cancel(seat, 7, 8).verdict == "OK"
    assert cashier.deposit(**move, amount=Decimal(7), reference="7").applied is False
    # The other way round: what a platform used is free for the cashier.
    world.win(seat, "1.00", transaction_id=9)
    assert cashier.deposit(**move, amount=Decimal(9), reference="9").balance == Decimal(16)


def test_authenticate_of_an_unknown_place_is_refused_where_unknown_places_are(
    world: World, seat: Seat, settings: Settings
) -> None:
    """Its session is for money: for fun it would be let in."""
    assert world.authenticate(seat).verdict == "OK"
    save_rules(operator=world.operator, text='{"blackList": ["US"]}', reason="Licence", by=STAFF, now=NOON)
    settings.GEOIP_UNKNOWN = "block"
    assert world.authenticate(seat).verdict == "OP_22"
    settings.GEOIP_UNKNOWN = "allow"
    assert world.authenticate(seat).verdict == "OK"


def test_first_ceiling_of_a_role_was_nothing_before(db: None) -> None:
    group = Group.objects.create(name="night shift")
    amounts = {"request_up_to": Decimal(5), "approve_up_to": Decimal(1), "daily_up_to": Decimal(9)}
    set_ceiling(role=group.name, currency="EUR", **amounts, by=STAFF, now=NOON)
    assert AuditEntry.objects.get(action="set_ceiling").details == {
        "request_up_to": {"from": "0.00", "to": "5.00"},
        "approve_up_to": {"from": "0.00", "to": "1.00"},
        "daily_up_to": {"from": "0.00", "to": "9.00"},
    }


def test_end_of_a_round_keeps_the_time_at_which_it_was_first_told(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", round_id=8)
    Round.objects.filter(pk=world.round(8).pk).update(state="finished", finished_at=NOON, finished_by=STAFF)
    world.finish_round(seat, 8)
    assert (world.round(8).finished_by, world.round(8).finished_at) == ("platform", NOON)
    world.bet(seat, "5.00", round_id=9)
    Round.objects.filter(pk=world.round(9).pk).update(end_asked_at=NOON)
    world.finish_round(seat, 9)
    assert (world.round(9).finished_by, world.round(9).finished_at) == ("platform", NOON)


def test_overdrawn_account_may_be_credited_with_less_than_it_lacks_and_less_than_one(world: World, seat: Seat) -> None:
    User.objects.create_user("anna").groups.add(Group.objects.get_or_create(name="finance")[0])
    world.win(seat, "10.00", transaction_id=7)
    world.bet(seat, "110.00")
    world.cancel(seat, 7)
    facts: dict[str, Any] = {"player": seat.player, "currency": "EUR", "reason": "goodwill", "note": "x", "by": STAFF}
    assert request_adjustment(**facts, amount=Decimal("0.50"), now=NOON).amount == Decimal("0.50")
    with pytest.raises(BalanceTooLow, match="holds -10"):
        request_adjustment(**facts, amount=Decimal("-0.01"), now=NOON)


def test_link_of_the_chain_depends_on_every_fact_of_the_row(db: None) -> None:
    """Sixteen facts and the link before: whichever changes, another link comes of it."""
    usual = [
        "sha256('a')",
        *map(str, range(1, 6)),
        "'bet'",
        "8.00",
        "9.00",
        *map(str, range(10, 14)),
        "TIMESTAMPTZ '2026-11-20 12:00Z'",
        "TIMESTAMPTZ '2026-11-20 12:01Z'",
        "ARRAY['odd']",
        "'{}'",
    ]
    others = {0: "sha256('b')", 6: "'win'", 13: "now()", 14: "NULL", 15: "NULL", 16: "NULL"}
    rows = [usual] + [
        [*usual[:place], others.get(place, f"{usual[place]} + 100"), *usual[place + 1 :]] for place in range(len(usual))
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"wallet_row_hash({', '.join(row)})" for row in rows))
        links = cursor.fetchone()
    assert (len(usual), len({bytes(link) for link in links})) == (17, 18)
