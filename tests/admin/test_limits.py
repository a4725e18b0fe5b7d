"""Limits in the admin: use against limit, what is to change, what changed, and what was refused."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from operators.models import AuditEntry
from tests.admin.house import House, ago
from tests.admin.reading import words_of
from tests.wallet.world import Seat
from wallet.models import Exclusion, LimitChange, LimitRefusal, Session
from wallet.services import play
from wallet.services.limits import WantedLimit, set_limits
from wallet.services.players import exclude_player

LIST = reverse("admin:wallet_limitrefusal_changelist")


def address(seat: Seat, name: str = "limits") -> str:
    return reverse(f"admin:wallet_player_{name}", args=[seat.player.pk])


def allow(seat: Seat, kind: str, period: str, amount: str | None, **ago_: float) -> None:
    currency = "" if kind == "session_time" else "EUR"
    wanted = WantedLimit(kind, period, None if amount is None else Decimal(amount), currency)
    set_limits(player=seat.player, wanted=[wanted], by="api-key:ab12cd34", now=ago(**ago_))


def refuse(house: House, seat: Seat, amount: str, reference: str) -> None:
    with pytest.raises(play.LimitReached):
        house.post("bet", seat, amount, reference=reference)


def test_page_tells_the_use_of_each_limit_as_a_bar(boss: Client, house: House, seat: Seat) -> None:
    allow(seat, "wager", "month", "50.00", hours=2)
    allow(seat, "session_time", "session", "90", hours=2)
    house.post("bet", seat, "43.00")
    page = boss.get(address(seat))
    words = words_of(page)
    assert "Stakes a month 86 % used 43.00 EUR of 50.00 EUR , 7.00 EUR left" in words
    assert "Session time 0 % used 0 min of 90 min, 90 min left" in words
    bar = '<progress max="100" value="86" class="is-nearly" aria-label="Stakes a month: used of the limit">'
    assert bar in page.content.decode()


def test_time_of_a_session_is_told_as_a_bar_while_the_player_sits(boss: Client, seat: Seat) -> None:
    allow(seat, "session_time", "session", "90", hours=2)
    began = ago(minutes=30, seconds=20)
    sat = {"sitting_since": began, "sitting_until": began + timedelta(minutes=90)}
    Session.objects.filter(player=seat.player).update(**sat)
    page = boss.get(address(seat))
    assert "Session time 33 % used 30 min of 90 min, 60 min left" in words_of(page)
    assert '<progress max="100" value="33" aria-label="Session time: used of the limit">' in page.content.decode()


def test_page_tells_what_is_pending_what_changed_and_by_whom(boss: Client, seat: Seat) -> None:
    allow(seat, "deposit", "week", "50.00", hours=2)
    allow(seat, "deposit", "week", None)
    words = words_of(boss.get(address(seat)))
    change = LimitChange.objects.order_by("-pk")[0]
    when = f"{change.effective_at:%Y-%m-%d %H:%M:%S} UTC"
    assert f"From {when} : no limit" in words
    assert f"api-key:ab12cd34 Deposits a week 50.00 EUR no limit from {when}" in words
    assert "api-key:ab12cd34 Deposits a week no limit 50.00 EUR at once" in words
    allow(seat, "deposit", "week", "50.00")
    told = "api-key:ab12cd34 Deposits a week 50.00 EUR 50.00 EUR at once: the pending change is withdrawn"
    assert told in words_of(boss.get(address(seat)))


def test_page_of_a_player_without_limits_says_so(boss: Client, seat: Seat) -> None:
    words = words_of(boss.get(address(seat)))
    for said in ("The player has set no limits.", "Nothing was refused.", "No limit was ever set.", "never excluded"):
        assert said in words


def test_nothing_allowed_is_a_full_bar(boss: Client, seat: Seat) -> None:
    allow(seat, "wager", "day", "0.00")
    assert '<progress max="100" value="100" class="is-full"' in boss.get(address(seat)).content.decode()


def test_staff_set_a_limit_on_the_players_behalf(boss: Client, seat: Seat) -> None:
    data = {"limit": "wager day", "currency": "EUR", "amount": "25.50"}
    answer = boss.post(address(seat, "set_limit"), data, follow=True)
    assert answer.redirect_chain == [(address(seat), 302)]
    assert "Stakes a day: 25.50 EUR, now." in answer.content.decode()
    boss.post(address(seat, "set_limit"), data | {"amount": ""})
    time = {"limit": "session_time session", "currency": "EUR", "amount": "60"}
    assert "Session time: 60 min, now." in boss.post(address(seat, "set_limit"), time, follow=True).content.decode()
    kept = [(one.kind, one.currency, one.amount, one.by) for one in LimitChange.objects.order_by("pk")]
    assert kept == [
        ("wager", "EUR", Decimal("25.5"), "staff:boss"),
        ("wager", "EUR", None, "staff:boss"),
        ("session_time", "", Decimal(60), "staff:boss"),
    ]
    assert AuditEntry.objects.filter(action="set_limits", by="staff:boss").count() == 3


@pytest.mark.parametrize(
    "wrong", [{"amount": "-1"}, {"amount": "1.001"}, {"amount": "x"}, {"limit": "wager year"}, {"currency": "SEK"}]
)
def test_malformed_limit_is_shown_with_its_fault(boss: Client, seat: Seat, wrong: dict[str, str]) -> None:
    data = {"limit": "wager day", "currency": "EUR", "amount": "5"} | wrong
    answer = boss.post(address(seat, "set_limit"), data)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert LimitChange.objects.count() == 0


def test_cool_off_is_begun_and_not_shortened(boss: Client, seat: Seat) -> None:
    until = timezone.now() + timedelta(days=7)
    data = {"until_0": f"{until:%Y-%m-%d}", "until_1": f"{until:%H:%M:%S}"}
    assert boss.post(address(seat, "cool_off"), data).status_code == 302
    assert "Cool-off until" in words_of(boss.get(address(seat)))
    earlier = until - timedelta(days=1)
    data = {"until_0": f"{earlier:%Y-%m-%d}", "until_1": f"{earlier:%H:%M:%S}"}
    assert "can only be made longer" in words_of(boss.post(address(seat, "cool_off"), data))
    assert [one.by for one in Exclusion.objects.all()] == ["staff:boss"]


def test_refusals_are_listed_found_and_told_whole(boss: Client, house: House, seat: Seat) -> None:
    allow(seat, "wager", "month", "50.00", hours=2)
    for _ in range(3):
        refuse(house, seat, "50.01", "7712")
    exclude_player(player=seat.player, until=timezone.now() + timedelta(days=1), by="staff:boss", now=timezone.now())
    with pytest.raises(play.PlayerBlocked):
        house.post("bet", seat, "1.00", reference="7713")
    listed = words_of(boss.get(LIST))
    assert "Bet 7712 50.01 EUR Limit of stakes, month 50.00 EUR 0.00 EUR 3" in listed
    assert "Bet 7713 1.00 EUR Player is excluded" in listed
    for query, count in (({"q": "7712"}, 1), ({"reason__exact": "exclusion"}, 1), ({"player": seat.user_id}, 2)):
        assert len(boss.get(LIST, query).context["cl"].result_list) == count
    told = words_of(boss.get(reverse("admin:wallet_limitrefusal_change", args=[LimitRefusal.objects.first().pk])))  # type: ignore[union-attr]
    assert "Used then" in told
    assert "Bet 7712" in words_of(boss.get(address(seat)))


def test_only_who_may_sees_and_sets_limits(staff: Callable[..., Client], house: House, seat: Seat) -> None:
    client = staff("wallet.view_player", "wallet.view_limitchange")
    page: Any = client.get(address(seat))
    assert page.status_code == 200
    assert "Set a limit" not in words_of(page)
    assert [client.get(address(seat, name)).status_code for name in ("set_limit", "cool_off")] == [403, 403]
    assert client.get(LIST).status_code == 403
