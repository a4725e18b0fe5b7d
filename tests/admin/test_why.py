"""“Why can this player not play this game?”: every check of a launch and of a bet, and nothing left behind."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Game
from geoblock.models import BlockedLaunch
from geoblock.services.rules import save_rules
from operators.models import Operator
from operators.selectors.refusals import Refusal
from operators.services import suspend_operator
from tests.admin.house import House
from tests.wallet.world import STAFF, Seat
from wallet.models import Account, LimitRefusal, Player, Session
from wallet.services.launch import launch_game
from wallet.services.launch_checks import CHECKS
from wallet.services.limits import WantedLimit, set_limits
from wallet.services.players import block_player, exclude_player

WHY = reverse("admin:wallet_player_why")


def ask(client: Client, house: House, seat: Seat, **change: Any) -> Any:
    usual: dict[str, Any] = {
        "player": seat.user_id,
        "game": house.game.pk,
        "currency": "EUR",
        "address": "203.0.113.7",
        "stake": "1",
    }
    answer = client.get(WHY, {name: value for name, value in (usual | change).items() if value != ""})
    assert answer.status_code == 200
    return answer


def against(answer: Any) -> list[tuple[str, str]]:
    return [(finding.code, finding.sentence) for finding in answer.context["against"]]


def test_every_check_holds_for_a_player_who_may_play_and_nothing_stays(boss: Client, house: House, seat: Seat) -> None:
    with house.unmoved():
        answer = ask(boss, house, seat)
    (_, launch), (_, bet) = answer.context["checked"]
    assert [finding.holds for finding in launch] == [check.holds for check in CHECKS]
    assert {finding.passed for finding in (*launch, *bet)} == {True}
    assert [finding.holds for finding in bet] == [
        "No limit of the player's would be passed",
        "The account holds the stake",
        "The wallet takes the bet",
    ]
    assert f"from playing {house.game} in EUR" in " ".join(answer.content.decode().split())
    assert Session.objects.filter(player=seat.player).count() == 1


def test_all_that_is_against_it_is_told_at_once_in_the_order_of_the_launch(
    boss: Client, house: House, seat: Seat
) -> None:
    block_player(player=seat.player, reason="chargeback", by=STAFF, now=timezone.now())
    exclude_player(player=seat.player, until=timezone.now() + timedelta(days=2), by=STAFF, now=timezone.now())
    Game.objects.filter(pk=house.game.pk).update(enabled=False)
    Operator.objects.filter(pk=house.operator.pk).update(settings={"deniedGames": ["200"]})
    save_rules(operator=None, text='{"blackList": ["DE"]}', reason="Licence", by=STAFF, now=timezone.now())
    suspend_operator(operator=Operator.objects.get(pk=house.operator.pk), by=STAFF)
    with house.unmoved():
        answer = ask(boss, house, seat, address="", place="DE", stake="500")
    assert [code for code, _sentence in against(answer)] == [
        "operator_not_active",
        "player_blocked",
        "player_excluded",
        "game_not_offered",
        "game_not_allowed",
        "geo_blocked",
        "insufficient_funds",
        "player_blocked",
    ]
    sentences = [sentence for _code, sentence in against(answer)]
    assert sentences[1] == "The player is blocked."
    assert sentences[4] == "The operator's settings deny the game 200 (deniedGames)."
    assert sentences[6] == "The account holds 100.00 EUR."
    assert sentences[7] == "The platform would be told: Player is blocked."
    assert not BlockedLaunch.objects.filter(user_id=seat.user_id).exists()
    assert not LimitRefusal.objects.filter(player=seat.player).exists()


def test_first_that_does_not_hold_is_what_the_launch_is_refused_for(boss: Client, house: House, seat: Seat) -> None:
    def refusal() -> str:
        try:
            launch_game(
                player=Player.objects.get(pk=seat.player.pk),
                operator=Operator.objects.get(pk=house.operator.pk),
                game_ref="200",
                currency="EUR",
                ip="203.0.113.7",
                by=STAFF,
                now=timezone.now(),
            )
        except Refusal as refused:
            return refused.code
        return "launched"

    def undo(model: Any, key: int, **facts: Any) -> None:
        model.objects.filter(pk=key).update(**facts)

    breaks: list[tuple[Callable[[], None], str]] = [
        (lambda: undo(Account, seat.account.pk, limited=False), "launched"),
        (lambda: undo(Game, house.game.pk, enabled=False), "game_not_offered"),
        (lambda: undo(Game, house.game.pk, platform_enabled=False), "game_not_offered"),
        (lambda: undo(Operator, house.operator.pk, settings={"validGameModes": ["DEMO"]}), "game_not_offered"),
        (lambda: undo(Game, house.game.pk, enabled=True, platform_enabled=True), "mode_not_allowed"),
        (lambda: undo(Player, seat.player.pk, excluded_until=timezone.now() + timedelta(1)), "player_excluded"),
    ]
    for break_it, code in breaks:
        break_it()
        assert refusal() == code
        found = [each for each, _sentence in against(ask(boss, house, seat))]
        assert (found or ["launched"])[0] == code


def test_limit_that_a_stake_would_pass_is_told_with_its_use(boss: Client, house: House, seat: Seat) -> None:
    wanted = [WantedLimit("wager", "day", Decimal(50), "EUR")]
    set_limits(player=seat.player, wanted=wanted, by=STAFF, now=timezone.now())
    house.post("bet", seat, "15.00")
    assert against(ask(boss, house, seat, stake="35.01"))[0] == (
        "limit_reached",
        "Limit of stakes: 15.00 of 50.00 EUR a day is used.",
    )
    assert against(ask(boss, house, seat, stake="35.00")) == []


def test_stake_beyond_the_balance_and_unknown_things_are_told(boss: Client, house: House, seat: Seat) -> None:
    assert against(ask(boss, house, seat, stake="100.01")) == [
        ("insufficient_funds", "The account holds 100.00 EUR."),
        ("insufficient_funds", "The platform would be told: Insufficient funds."),
    ]
    answer = ask(boss, house, seat, currency="gbp")
    assert against(answer) == [("no_such_account", "The player has no account in GBP.")]
    assert [finding.passed for finding in answer.context["checked"][1][1]] == [None, None, None]
    assert [title for title, _ in ask(boss, house, seat, mode="fun").context["checked"]] == ["The launch"]


def test_lobby_is_looked_at_and_no_bet_on_it(boss: Client, house: House, seat: Seat) -> None:
    lobby = house.add_lobby("portomaso")
    answer = ask(boss, house, seat, game="", lobby=lobby.pk)
    assert against(answer) == []
    assert answer.context["checked"][1][1][-1].sentence == "Not tried: a bet is placed on a game, not on a lobby."


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"player": "nobody"}, "No casino has a player of that id."),
        ({"game": ""}, "Name either a game or a lobby."),
        ({"address": ""}, "Name the player&#x27;s address, or a country."),
        ({"address": "1.2.3"}, "This is not an address"),
    ],
)
def test_question_that_is_incomplete_is_asked_back(
    boss: Client, house: House, seat: Seat, change: dict[str, str], fault: str
) -> None:
    answer = ask(boss, house, seat, **change)
    assert fault in answer.content.decode()
    assert "checked" not in answer.context


def test_players_and_games_pages_lead_there_filled_in(boss: Client, house: House, seat: Seat) -> None:
    answer = boss.get(reverse("admin:wallet_player_why_not", args=[seat.player.pk]))
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {
        "player": [seat.user_id],
        "game": [str(house.game.pk)],
        "wanted": ["EUR"],
        "address": ["203.0.113.7"],
    }
    page = boss.get(answer.headers["Location"])
    assert page.context["form"].initial["player"] == seat.user_id
    assert "Game 200" in page.content.decode()
    assert (
        f"{WHY}?game={house.game.pk}"
        in boss.get(reverse("admin:catalog_game_change", args=[house.game.pk])).content.decode()
    )


def test_games_are_found_for_the_form_by_those_who_may(
    staff: Callable[..., Client], boss: Client, house: House
) -> None:
    house.add_game("off-1", enabled=False)
    url = reverse("admin:wallet_player_why_games")
    found = boss.get(url, {"term": "off-1"}).json()["results"]
    assert [each["text"] for each in found] == [f"Game off-1 (unknown vendor, {house.operator.name}, id off-1)"]
    assert staff("catalog.view_game").get(url, {"term": "off-1"}).status_code == 403
