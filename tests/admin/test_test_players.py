"""Test players: marked with a reason, launched from any address, left out of the first page's figures."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from operators.models import AuditEntry
from tests.admin.house import House
from tests.admin.reading import words_of
from tests.wallet.world import Seat
from wallet.models import Player, Session
from wallet.selectors import figures


def act(client: Client, seat: Seat, name: str, **data: Any) -> Any:
    return client.post(reverse(f"admin:wallet_player_{name}", args=[seat.player.pk]), data)


def bets(house: House) -> list[tuple[str, str]]:
    now = timezone.now()
    moved = figures.list_movements(since=now - timedelta(hours=1), until=now, casino=house.casino)
    return [(each.currency, f"{each.bets:.2f}") for each in figures.sum_figures(moved, since=now - timedelta(hours=2))]


def active(house: House) -> int:
    now = timezone.now()
    return figures.count_active_players(since=now - timedelta(hours=1), until=now, casino=house.casino).total


def test_a_player_is_marked_and_unmarked_with_a_reason(boss: Client, seat: Seat) -> None:
    refused = act(boss, seat, "mark_test", reason=" ")
    assert refused.context["form"].errors == {"reason": ["This field is required."]}
    assert act(boss, seat, "mark_test", reason="Anna's own").status_code == 302
    assert Player.objects.get(pk=seat.player.pk).is_test
    entry = AuditEntry.objects.latest("pk")
    assert (entry.by, entry.action) == ("staff:boss", "mark_test_player")
    assert entry.details == {"is_test": {"from": False, "to": True}, "reason": "Anna's own"}
    assert "Test player" in words_of(boss.get(reverse("admin:wallet_player_change", args=[seat.player.pk])))
    act(boss, seat, "mark_test", reason="gone")
    assert not Player.objects.get(pk=seat.player.pk).is_test


def test_a_test_players_money_is_in_no_figure_of_the_first_page(boss: Client, house: House, seat: Seat) -> None:
    other = house.seat()
    house.post("bet", seat, "10.00")
    house.post("bet", other, "2.50")
    assert (bets(house), active(house), figures.count_open_rounds(casino=house.casino).count) == (
        [("EUR", "12.50")],
        2,
        2,
    )
    act(boss, seat, "mark_test", reason="staff")
    assert (bets(house), active(house), figures.count_open_rounds(casino=house.casino).count) == (
        [("EUR", "2.50")],
        1,
        1,
    )


def test_test_players_are_found_by_their_standing(boss: Client, house: House, seat: Seat) -> None:
    house.seat()
    act(boss, seat, "mark_test", reason="staff")
    found = boss.get(reverse("admin:wallet_player_changelist"), {"standing": "test"}).context["cl"].queryset
    assert list(found.order_by("pk")) == [seat.player]


@pytest.mark.parametrize(("is_test", "address"), [(True, "198.51.100.99"), (False, "127.0.0.1")])
def test_only_a_test_player_is_launched_from_another_address(
    boss: Client, house: House, seat: Seat, is_test: bool, address: str
) -> None:
    Player.objects.filter(pk=seat.player.pk).update(is_test=is_test)
    facts = {"game": house.game.pk, "currency": "EUR", "mode": "real", "device": "mobile", "language": "en"}
    answer = act(boss, seat, "launch", **facts, ip="198.51.100.99")
    page = words_of(answer)
    assert ("Launch as test player" in page) is is_test
    assert "A casino's site may show it in: same_tab. Currency: EUR." in page
    session = Session.objects.order_by("-pk")[0]
    assert session.ip == address
    told = words_of(boss.get(reverse("admin:wallet_session_change", args=[session.pk])))
    assert "Settings it was opened with" in told
