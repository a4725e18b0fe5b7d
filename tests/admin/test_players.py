"""Players in the admin: found by what a ticket names, shown whole, blocked, excluded and launched."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from operators.models import AuditEntry
from operators.services import suspend_operator
from tests.admin.house import House, ago
from tests.wallet.world import STAFF, Seat
from wallet.ledger import digest_token
from wallet.models import PlatformUsername, Player, Session
from wallet.services.players import block_player

LIST = reverse("admin:wallet_player_changelist")


def page(client: Client, player: Player) -> str:
    return client.get(reverse("admin:wallet_player_change", args=[player.pk])).content.decode()


def act(client: Client, player: Player, name: str, **data: Any) -> Any:
    return client.post(reverse(f"admin:wallet_player_{name}", args=[player.pk]), data)


def found(client: Client, **query: str) -> list[int]:
    return [player.pk for player in client.get(LIST, query).context["cl"].result_list]


def test_player_is_found_by_id_name_transaction_and_token(boss: Client, house: House, seat: Seat) -> None:
    house.seat()
    bet = house.post("bet", seat, "1.00")
    tombstone = house.leave_tombstone(seat)
    for term in (seat.user_id, seat.player.user_name, bet.reference, str(tombstone.reference), seat.token):
        assert found(boss, q=term) == [seat.player.pk]


def test_search_is_exact(boss: Client, house: House, seat: Seat) -> None:
    bet = house.post("bet", seat, "1.00")
    for term in (seat.user_id[:-1], seat.player.user_name.upper(), bet.reference[1:], seat.token[:-1], "%", "|"):
        assert found(boss, q=term) == []
    assert "No player fits." in boss.get(LIST, {"q": "nobody"}).content.decode()


def test_same_player_id_in_two_casinos_is_found_twice(boss: Client, house: House) -> None:
    one = house.add_player(user_id="twin")
    other = House().add_player(user_id="twin")
    assert found(boss, q="twin") == [other.pk, one.pk]


def test_token_of_a_session_that_has_ended_still_names_its_player(boss: Client, house: House, seat: Seat) -> None:
    Session.objects.filter(pk=seat.session.pk).update(ended_at=ago(hours=1), ended_by=STAFF)
    assert found(boss, q=seat.token) == [seat.player.pk]


def test_players_are_filtered_by_casino_country_and_standing(boss: Client, house: House) -> None:
    swede = house.add_player(country="SE")
    blocked = house.add_player(country="MT")
    block_player(player=blocked, reason="chargeback", by=STAFF, now=timezone.now())
    excluded = house.add_player()
    Player.objects.filter(pk=excluded.pk).update(excluded_until=timezone.now() + timedelta(days=1))
    past = house.add_player()
    Player.objects.filter(pk=past.pk).update(excluded_until=ago(days=1))
    ours = {"casino__id__exact": str(house.casino.pk)}
    assert found(boss, **ours) == [past.pk, excluded.pk, blocked.pk, swede.pk]
    assert found(boss, country="se", **ours) == [swede.pk]
    assert found(boss, standing="blocked", **ours) == [blocked.pk]
    assert found(boss, standing="excluded", **ours) == [excluded.pk]


def test_list_of_players_asks_as_often_for_many_as_for_few(
    boss: Client, house: House, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    house.add_player()
    boss.get(LIST)
    with django_assert_num_queries(4):
        boss.get(LIST)
    for _ in range(20):
        house.add_player()
    with django_assert_num_queries(4) as asked:
        boss.get(LIST)
    assert not [query["sql"] for query in asked.captured_queries if "COUNT(" in query["sql"]]


def test_page_shows_balances_by_currency_and_the_latest_movements(boss: Client, house: House, seat: Seat) -> None:
    house.pay_in(seat.player, "1234.50", "USD")
    bet = house.post("bet", seat, "30.00")
    shown = page(boss, seat.player)
    assert '<span class="money">70.00 <span class="currency">EUR</span></span>' in shown
    assert '<span class="money">1,234.50 <span class="currency">USD</span></span>' in shown
    assert '<span class="money negative">-30.00 <span class="currency">EUR</span></span>' in shown
    assert bet.round_ref in shown
    assert "Game 200" in shown
    assert reverse("admin:wallet_round_change", args=[bet.row.round_id]) in shown
    assert reverse("admin:wallet_session_change", args=[seat.session.pk]) in shown


def test_page_never_shows_a_token(boss: Client, seat: Seat) -> None:
    for address in (
        reverse("admin:wallet_player_change", args=[seat.player.pk]),
        reverse("admin:wallet_session_change", args=[seat.session.pk]),
        reverse("admin:wallet_session_changelist"),
    ):
        assert seat.token not in boss.get(address).content.decode()


def test_page_of_a_player_who_never_played_says_so(boss: Client, house: House) -> None:
    player = house.add_player()
    shown = page(boss, player)
    assert "Create player" in shown
    answer = boss.get(reverse("admin:wallet_player_change", args=[player.pk]), {"kind": ["money", "round", "launch"]})
    assert answer.context["events"] == []
    assert "Nothing fits." in answer.content.decode()


def test_page_asks_as_often_for_much_play_as_for_little(
    boss: Client, house: House, seat: Seat, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    house.post("bet", seat, "1.00")
    page(boss, seat.player)
    with django_assert_num_queries(21):
        page(boss, seat.player)
    for number in range(30):
        house.add_game(f"g{number}")
        house.launch(seat.player, game_ref=f"g{number}")
        house.post("win", seat, "1.00", game_ref=f"g{number}")
    with django_assert_num_queries(21):
        page(boss, seat.player)


def test_what_a_player_is_called_cannot_break_the_page(boss: Client, house: House) -> None:
    player = house.add_player(user_id="<b>x", user_name="<script>alert(1)</script>", display_name="{{ x }}")
    for shown in (page(boss, player), boss.get(LIST).content.decode()):
        assert "<script>alert(1)" not in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
        assert "&lt;b&gt;x" in shown


def test_player_is_blocked_with_a_reason_under_the_name_of_who_did_it(
    staff: Callable[..., Client], house: House, seat: Seat
) -> None:
    client = staff("wallet.view_player", "wallet.change_player")
    answer = act(client, seat.player, "block", reason="chargeback, case 4711")
    assert answer.headers["Location"] == reverse("admin:wallet_player_change", args=[seat.player.pk])
    player = Player.objects.get(pk=seat.player.pk)
    assert (player.blocked_by, player.blocked_reason) == ("staff:anna", "chargeback, case 4711")
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert (entry.by, entry.action, entry.details["reason"]) == ("staff:anna", "block_player", "chargeback, case 4711")
    shown = page(client, player)
    assert "Blocked by staff:anna" in shown
    assert "Block player" in shown


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_player_is_not_blocked_without_a_reason_or_with_too_long_a_one(boss: Client, seat: Seat, reason: str) -> None:
    answer = act(boss, seat.player, "block", reason=reason)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["reason"]
    assert not Player.objects.get(pk=seat.player.pk).is_blocked


def test_page_of_an_act_does_nothing_by_itself(boss: Client, seat: Seat) -> None:
    assert boss.get(reverse("admin:wallet_player_block", args=[seat.player.pk])).status_code == 200
    assert not Player.objects.get(pk=seat.player.pk).is_blocked


def test_act_needs_the_csrf_token(boss: Client, seat: Seat) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = boss.cookies
    assert act(strict, seat.player, "block", reason="forged").status_code == 403
    assert not Player.objects.get(pk=seat.player.pk).is_blocked


def test_blocked_player_is_unblocked_with_a_reason(boss: Client, house: House, seat: Seat) -> None:
    block_player(player=seat.player, reason="chargeback", by=STAFF, now=timezone.now())
    assert act(boss, seat.player, "unblock", reason="").context["form"].errors
    assert act(boss, seat.player, "unblock", reason="settled").status_code == 302
    assert not Player.objects.get(pk=seat.player.pk).is_blocked
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert (entry.by, entry.action, entry.details["reason"]) == ("staff:boss", "unblock_player", "settled")


def test_only_the_act_that_would_change_something_is_offered(boss: Client, seat: Seat) -> None:
    block, unblock = (reverse(f"admin:wallet_player_{name}", args=[seat.player.pk]) for name in ("block", "unblock"))
    assert (block in page(boss, seat.player), unblock in page(boss, seat.player)) == (True, False)
    block_player(player=seat.player, reason="chargeback", by=STAFF, now=timezone.now())
    assert (block in page(boss, seat.player), unblock in page(boss, seat.player)) == (False, True)


def test_self_exclusion_is_set_and_never_shortened(boss: Client, seat: Seat) -> None:
    far = {"until_0": "2099-01-01", "until_1": "00:00:00"}
    assert act(boss, seat.player, "self_exclude", **far).status_code == 302
    excluded = Player.objects.get(pk=seat.player.pk)
    assert f"{excluded.excluded_until:%Y-%m-%d %H:%M %Z}" == "2099-01-01 00:00 UTC"
    answer = act(boss, seat.player, "self_exclude", until_0="2098-01-01", until_1="00:00:00")
    assert "only be made longer" in answer.context["form"].non_field_errors()[0]
    assert Player.objects.get(pk=seat.player.pk).excluded_until == excluded.excluded_until
    assert "Self-excluded until" in page(boss, seat.player)


def launch(client: Client, seat: Seat, house: House, **data: Any) -> Any:
    usual = {"game": house.game.pk, "currency": "EUR", "mode": "real", "device": "mobile", "language": "en"}
    return act(client, seat.player, "launch", **(usual | data))


def test_staff_launches_a_game_as_the_player(staff: Callable[..., Client], house: House, seat: Seat) -> None:
    client = staff("wallet.view_player", "wallet.add_session")
    before = Session.objects.count()
    answer = launch(client, seat, house)
    address = urlsplit(answer.context["launch"].url)
    told = parse_qs(address.query)
    assert (address.netloc, told["game_id"], told["currency"], told["device"]) == (
        "games.example",
        ["200"],
        ["EUR"],
        ["mobile"],
    )
    session = Session.objects.order_by("-pk")[0]
    assert Session.objects.count() == before + 1
    assert bytes(session.token_digest) == digest_token(told["token"][0])
    assert (session.player_id, session.ip) == (seat.player.pk, "127.0.0.1")
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert (entry.by, entry.action) == ("staff:anna", "launch_game")
    link = answer.content.decode().split('class="open-game"')[1].split(">")[0]
    assert 'target="_blank" rel="noopener noreferrer"' in link


def test_launch_for_fun_opens_no_session(boss: Client, house: House, seat: Seat) -> None:
    house.game.fun_mode = True
    house.game.save()
    before = Session.objects.count()
    answer = launch(boss, seat, house, mode="fun")
    assert parse_qs(urlsplit(answer.context["launch"].url).query)["mode"] == ["fun"]
    assert Session.objects.count() == before


def test_launch_of_a_blocked_player_is_refused_with_the_reason(boss: Client, house: House, seat: Seat) -> None:
    block_player(player=seat.player, reason="chargeback", by=STAFF, now=timezone.now())
    before = Session.objects.count()
    answer = launch(boss, seat, house)
    assert answer.context["form"].non_field_errors() == ["The player is blocked."]
    assert f'<option value="{house.game.pk}" selected>Game 200 (' in answer.content.decode()
    assert Session.objects.count() == before


def test_launch_offers_and_takes_only_the_games_that_the_casino_offers(boss: Client, house: House, seat: Seat) -> None:
    foreign = House().game
    off = house.add_game("300", enabled=False)
    address = reverse("admin:wallet_player_games", args=[seat.player.pk])
    assert [each["id"] for each in boss.get(address, {"term": "game"}).json()["results"]] == [house.game.pk]
    assert [each["id"] for each in boss.get(address, {"term": "200"}).json()["results"]] == [house.game.pk]
    for game in (foreign, off):
        assert list(launch(boss, seat, house, game=game.pk).context["form"].errors) == ["game"]
    suspend_operator(operator=house.operator, by=STAFF)
    assert boss.get(address, {"term": "game"}).json()["results"] == []


def test_launch_names_each_field_that_is_wrong(boss: Client, house: House, seat: Seat) -> None:
    wrong = {"game": "abc", "currency": "GBP", "mode": "free", "device": "watch", "language": ""}
    answer = act(boss, seat.player, "launch", **wrong)
    assert set(answer.context["form"].errors) == set(wrong)


def test_games_are_not_told_to_staff_who_may_not_launch(staff: Callable[..., Client], seat: Seat) -> None:
    client = staff("wallet.view_player")
    assert client.get(reverse("admin:wallet_player_games", args=[seat.player.pk])).status_code == 403


def test_session_is_ended_under_the_name_of_who_did_it(staff: Callable[..., Client], seat: Seat) -> None:
    client = staff("wallet.view_session", "wallet.change_session")
    address = reverse("admin:wallet_session_end", args=[seat.session.pk])
    assert client.get(address).status_code == 200
    assert seat.session.ended_at is None
    assert client.post(address).status_code == 302
    assert seat.session.ended_by == "staff:anna"
    assert AuditEntry.objects.order_by("-pk")[0].action == "end_session"


def test_sessions_are_filtered_by_player(boss: Client, house: House, seat: Seat) -> None:
    house.seat()
    answer = boss.get(reverse("admin:wallet_session_changelist"), {"player": seat.user_id})
    assert [session.pk for session in answer.context["cl"].result_list] == [seat.session.pk]


def test_acts_leave_nothing_in_the_stock_history(boss: Client, seat: Seat) -> None:
    act(boss, seat.player, "block", reason="chargeback")
    assert not LogEntry.objects.filter(user__username="boss").exists()


def test_page_tells_the_players_names_at_platforms(boss: Client, house: House, seat: Seat) -> None:
    names = {"player": seat.player, "operator": house.operator, "asked_at": ago(hours=1), "settled_at": ago(hours=1)}
    PlatformUsername.objects.create(username="olga0123456789ab", state="abandoned", **names)
    PlatformUsername.objects.create(username="olgacdefghijklmn", state="created", **names)
    text = page(boss, seat.player)
    assert text.index("olga0123456789ab") < text.index("Taken by somebody else") < text.index("olgacdefghijklmn")
    assert f"At {house.operator.name}" in text
