"""A player's time line: everything that happened, merged by time, narrowed, and read page by page."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from geoblock.models import Asked, BlockedLaunch
from operators.models import AuditEntry, Direction, Exchange
from tests.admin.house import House, ago
from tests.wallet.world import STAFF, Seat
from wallet.models import LimitChange, LimitRefusal, Player, PlayerNote
from wallet.selectors import time_line
from wallet.selectors.time_line import Window, list_events
from wallet.services.limits import WantedLimit, set_limits
from wallet.services.players import block_player, exclude_player

DAY = timedelta(days=1)


def shown(client: Client, player: Player, **query: Any) -> Any:
    return client.get(reverse("admin:wallet_player_change", args=[player.pk]), query)


def told(client: Client, player: Player, **query: Any) -> list[str]:
    """The line as one reads it: what, told, amount and who, blanks put together."""
    events = shown(client, player, **query).context["events"]
    return [" ".join(strip_tags(f"{each.what} {each.told} {each.amount} {each.by}").split()) for _event, each in events]


def live(house: House, seat: Seat) -> None:
    """A life of a player: something of each kind, a minute after the other, the oldest first."""
    at = iter(ago(minutes=60 - number) for number in range(20))
    bet = house.post("bet", seat, "10.00", at=next(at))
    house.post("win", seat, "4.00", round_ref=bet.round_ref, at=next(at))
    house.end(seat, bet.round_ref)
    BlockedLaunch.objects.create(
        at=next(at),
        asked=Asked.LAUNCH,
        casino=house.casino,
        operator=house.operator,
        user_id=seat.user_id,
        mode="real",
        opened="200",
        address="203.0.113.7",
        country="US",
        rule="black_list",
        sentence="US is on the black list.",
    )
    log(house, seat, "refused-1", at=next(at), error_code="OP_31")
    LimitChange.objects.create(
        player=seat.player,
        currency="EUR",
        kind="wager",
        period="day",
        amount=50,
        asked_at=(asked_at := next(at)),
        effective_at=asked_at,
        by="api:site",
    )
    facts = {"kind": "bet", "reference": "limited-1", "reason": "wager", "period": "day", "allowed": 50, "used": 45}
    limited_at = next(at)
    LimitRefusal.objects.create(
        player=seat.player, account=seat.account, amount=10, at=limited_at, last_at=limited_at, times=3, **facts
    )
    log(house, seat, "limited-1", at=limited_at, error_code="OP_32")
    PlayerNote.objects.create(player=seat.player, at=next(at), by=STAFF, text="Called <twice>.")
    block_player(player=seat.player, reason="chargeback", by=STAFF, now=timezone.now())


def log(house: House, seat: Seat, reference: str, *, at: datetime, **facts: Any) -> Exchange:
    return Exchange.objects.create(
        at=at,
        operator=house.operator,
        direction=Direction.INBOUND,
        command="changebalance",
        milliseconds=1,
        user_ref=seat.user_id,
        transaction_ref=reference,
        **facts,
    )


def test_everything_stands_on_one_line_newest_first(boss: Client, house: House, seat: Seat) -> None:
    live(house, seat)
    # Made as the test began: the block comes last, what opened the seat before it.
    lines = told(boss, seat.player)
    assert lines[0] == f"Block player chargeback {STAFF}"
    assert lines[1].startswith("Launch Game 200 in EUR, from 203.0.113.7")
    assert lines[2].startswith("Deposit deposit-")
    assert lines[2].endswith("leaves 100.00 EUR +100.00 EUR")
    assert lines[3].startswith("Create player")
    assert lines[4:] == [
        f"Note Called &lt;twice&gt;. {STAFF}",
        "Refused Limit of stakes: Bet limited-1 45.00 EUR of 50.00 EUR used, asked 3 times 10.00 EUR",
        "Limit Stakes a day: no limit → 50.00 EUR api:site",
        f"Refused OP_31 changebalance refused-1 {house.operator.name}",
        "Launch blocked 200 US is on the black list.",
        lines[-1],
    ]
    assert lines[-1].startswith("Round ")
    assert lines[-1].endswith("Game 200 staked 10.00, won 4.00 -6.00 EUR")


def test_refusal_that_used_up_no_limit_names_none(boss: Client, house: House, seat: Seat) -> None:
    at = timezone.now()
    facts = {"kind": "bet", "reference": "kept-out-1", "reason": "exclusion", "until": at + DAY, "times": 3}
    LimitRefusal.objects.create(player=seat.player, account=seat.account, amount=10, at=at, last_at=at, **facts)
    assert told(boss, seat.player, kind="refusal") == [
        "Refused Player is excluded: Bet kept-out-1, asked 3 times 10.00 EUR"
    ]


def test_exclusion_is_told_in_words(boss: Client, house: House, seat: Seat) -> None:
    now = timezone.now()
    weeks, year = now + 7 * DAY, now + 365 * DAY
    exclude_player(player=seat.player, until=weeks, kind="cool_off", by="api:site", now=now)
    exclude_player(player=seat.player, until=year, reason="wishes it", by=STAFF, now=now)
    first, last = (f"{at:%Y-%m-%d %H:%M:%S} UTC" for at in (weeks, year))
    assert told(boss, seat.player, kind="block") == [
        f"Exclude player Self-exclusion until {last}, extended from {first}: wishes it {STAFF}",
        f"Exclude player Cool-off until {first} api:site",
    ]


def test_change_of_a_limit_that_is_taken_back_is_told_as_that(boss: Client, house: House, seat: Seat) -> None:
    for amount in (15, 50, 15):
        wanted = [WantedLimit("wager", "day", Decimal(amount), "EUR")]
        set_limits(player=seat.player, wanted=wanted, by="api:site", now=timezone.now())
    taken_back, pending, _first = told(boss, seat.player, kind="limit")
    assert taken_back == "Limit Stakes a day: stays 15.00 EUR, pending change withdrawn api:site"
    assert pending.startswith("Limit Stakes a day: 15.00 EUR → 50.00 EUR from 20")


def test_line_is_narrowed_by_kind_currency_and_day(boss: Client, house: House, seat: Seat) -> None:
    live(house, seat)
    seat = seat_again(house, seat)
    house.pay_in(seat.player, "7.00", "USD")
    by_kind = {
        "money": ["Deposit", "Deposit"],
        "round": ["Round"],
        "launch": ["Launch"],
        "refusal": ["Refused", "Refused", "Launch"],
        "limit": ["Limit"],
        "block": ["Block"],
        "note": ["Note"],
        "staff": ["Create"],
    }
    assert {kind: [line.split()[0] for line in told(boss, seat.player, kind=kind)] for kind in by_kind} == by_kind
    assert [line.split()[-2] for line in told(boss, seat.player, kind="money", currency="USD")] == ["+7.00"]
    assert told(boss, seat.player, kind=["note", "limit"]) == [
        f"Note Called &lt;twice&gt;. {STAFF}",
        "Limit Stakes a day: no limit → 50.00 EUR api:site",
    ]
    yesterday = f"{timezone.now() - DAY:%Y-%m-%d}"
    old = house.post("bet", seat, "1.00", at=ago(days=3))
    day = f"{old.row.created_at:%Y-%m-%d}"
    assert [line.split()[2] for line in told(boss, seat.player, **{"from": day, "to": day})] == [old.round_ref]
    assert told(boss, seat.player, kind="round", to=yesterday) == told(boss, seat.player, **{"from": day, "to": day})
    assert len(told(boss, seat.player, **{"from": "tomorrow", "kind": "nonsense"})) == 12


def seat_again(house: House, seat: Seat) -> Seat:
    """The player at the game again, whatever barred the player."""
    Player.objects.filter(pk=seat.player.pk).update(blocked_at=None, blocked_by="", blocked_reason="")
    return seat


def test_pages_follow_one_another_without_a_gap_or_a_repetition(
    boss: Client, house: House, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(house, seat)
    seat_again(house, seat)
    for number in range(12):
        house.post("bet", seat, "1.00", at=ago(minutes=30 - number))
        PlayerNote.objects.create(player=seat.player, at=ago(minutes=40 - number), by=STAFF, text=str(number))
    whole = [event.row for event in list_events(player=seat.player, window=Window(), count=500).events]
    assert len(whole) == 34
    monkeypatch.setattr("wallet.admin.time_line.EVENTS_A_PAGE", 5)
    found: list[Any] = []
    query: dict[str, str] = {}
    for _ in range(7):
        answer = shown(boss, seat.player, **query)
        found += [event.row for event, _told in answer.context["events"]]
        query = dict(parse_qsl(answer.context["older"]))
    assert found == whole
    assert answer.context["older"] == ""
    assert "Nothing fits." not in answer.content.decode()


def test_long_round_ends_a_page_early_and_nothing_behind_it_is_lost(
    house: House, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_line, "ROWS_LOOKED_THROUGH", 6)
    monkeypatch.setattr(time_line, "CHUNK", 3)
    first = house.post("bet", seat, "1.00", at=ago(minutes=50))
    PlayerNote.objects.create(player=seat.player, at=ago(minutes=45), by=STAFF, text="behind")
    long = house.post("bet", seat, "1.00", at=ago(minutes=40))
    for number in range(10):
        house.post("bet", seat, "1.00", round_ref=long.round_ref, at=ago(minutes=30 - number))
    window = Window(kinds=frozenset({"round", "note"}))
    pages: list[list[str]] = []
    ends: dict[str, Any] = {}
    for _ in range(3):
        page = list_events(player=seat.player, window=window, after=ends, count=10)
        pages.append([str(event.row) for event in page.events])
        ends = dict(page.ends)
    note = f"{STAFF} at {ago(minutes=45):%Y-%m-%d %H:%M}"
    assert [each for page in pages for each in page] == [f"Round {long.round_ref}", note, f"Round {first.round_ref}"]
    assert pages[0] == []
    assert ends == {}


@pytest.mark.parametrize("after", ["x", "e30=", "WzFd", "eyJub3RlcyI6IDF9", "eyJub3RlcyI6IFsieCJdfQ==", "%00"])
def test_page_that_there_is_not_is_the_first(boss: Client, house: House, seat: Seat, after: str) -> None:
    assert told(boss, seat.player, after=after) == told(boss, seat.player)


def test_other_peoples_events_are_not_on_the_line(boss: Client, house: House, seat: Seat) -> None:
    other = house.seat()
    before = told(boss, seat.player)
    live(house, other)
    same_id = House().add_player(user_id=seat.user_id)
    AuditEntry.objects.create(by=STAFF, action="block_player", subject=f"player {seat.player.pk}0: x")
    assert told(boss, seat.player) == before
    assert [line.split()[0] for line in told(boss, same_id)] == ["Create"]


def test_note_is_added_under_ones_name_and_escaped(staff: Callable[..., Client], house: House, seat: Seat) -> None:
    url = reverse("admin:wallet_player_note", args=[seat.player.pk])
    client = staff("wallet.view_player", "wallet.add_playernote")
    assert client.post(url, {"text": " Called <b>twice</b>. "}).status_code == 302
    assert [(note.by, note.text) for note in seat.player.notes.order_by("pk")] == [
        ("staff:anna", "Called <b>twice</b>.")
    ]
    assert "Called &lt;b&gt;twice&lt;/b&gt;." in shown(client, seat.player).content.decode()
    assert list(client.post(url, {"text": "  "}).context["form"].errors) == ["text"]
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert (entry.action, entry.details) == ("add_player_note", {"text": "Called <b>twice</b>."})


def test_note_asks_for_the_permission(staff: Callable[..., Client], house: House, seat: Seat) -> None:
    client = staff("wallet.view_player")
    assert client.post(reverse("admin:wallet_player_note", args=[seat.player.pk]), {"text": "x"}).status_code == 403
