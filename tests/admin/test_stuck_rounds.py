"""The queue of rounds that stay open: filled by beat, counted by age, taken, given on and noted."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from operators.models import AuditEntry
from tests.admin.house import House, ago, hire
from tests.wallet.world import Seat
from wallet.models import Round, RoundNote, RoundWatch, StuckRound
from wallet.selectors.open_rounds import count_by_age
from wallet.services.stuck_rounds import (
    RoundEnded,
    RoundTaken,
    add_round_note,
    mark_stranded,
    take_round,
    watch_rounds,
)
from wallet.services.upkeep import close_old_rounds

LIST = reverse("admin:wallet_stuckround_changelist")


def queue(client: Client, house: House, **query: Any) -> list[str]:
    ours = {"round__operator__casino__id__exact": house.casino.pk}
    answer = client.get(LIST, ours | query)
    assert answer.status_code == 200
    return [stuck.round.round_ref for stuck in answer.context["cl"].result_list]


def act(client: Client, played: Round, name: str, **data: Any) -> Any:
    return client.post(reverse(f"admin:wallet_round_{name}", args=[played.pk]), data)


def open_round(house: House, seat: Seat, stake: str = "5.00", **span: float) -> Round:
    """A round opened so long ago, in the queue if that is long enough."""
    moved = house.post("bet", seat, stake, at=ago(**span))
    watch_rounds(now=timezone.now())
    return Round.objects.get(operator=house.operator, round_ref=moved.round_ref)


def test_round_is_queued_when_it_is_an_hour_old_and_leaves_when_it_is_finished(house: House, seat: Seat) -> None:
    bet = house.post("bet", seat, "5.00")
    opened_at = bet.row.created_at
    watch_rounds(now=opened_at + timedelta(minutes=59))
    assert not StuckRound.objects.filter(round=bet.row.round_id).exists()
    assert watch_rounds(now=opened_at + timedelta(hours=1)) == 1
    assert watch_rounds(now=opened_at + timedelta(hours=1)) == 0
    house.end(seat, bet.round_ref)
    watch_rounds(now=opened_at + timedelta(hours=1))
    assert not StuckRound.objects.filter(round=bet.row.round_id).exists()


def test_beat_reads_no_round_twice_and_none_that_is_younger_than_one_it_has_to_wait_for(
    house: House, seat: Seat
) -> None:
    old, young = open_round(house, seat, hours=2), house.post("bet", seat, "1.00")
    late = house.post("bet", seat, "1.00", at=ago(hours=3)).row.round
    watch_rounds(now=timezone.now())
    assert late
    assert young.row.round
    assert RoundWatch.objects.get().up_to == old.pk
    assert set(StuckRound.objects.filter(round__operator=house.operator).values_list("round", flat=True)) == {
        old.pk,
        late.pk,
    }
    watch_rounds(now=timezone.now() + timedelta(hours=1))
    assert RoundWatch.objects.get().up_to >= max(late.pk, young.row.round.pk)


def test_round_that_a_late_bet_reopens_is_queued_again(house: House, seat: Seat) -> None:
    played = open_round(house, seat, hours=7)
    assert close_old_rounds(now=timezone.now()).closed == 1
    house.post("bet", seat, "1.00", round_ref=played.round_ref)
    assert watch_rounds(now=timezone.now()) == 1


@pytest.mark.parametrize(("later", "queued"), [(timedelta(0), 1), (timedelta(microseconds=1), 0)])
def test_late_bet_is_looked_for_until_fourteen_days_after_the_closing(
    house: House, seat: Seat, later: timedelta, queued: int
) -> None:
    played = open_round(house, seat, hours=7)
    closed_at = timezone.now()
    close_old_rounds(now=closed_at)
    house.post("bet", seat, "1.00", round_ref=played.round_ref)
    assert watch_rounds(now=closed_at + timedelta(days=14) + later) == queued


def test_round_is_stranded_once_whatever_it_waits_for(house: House, seat: Seat) -> None:
    played, now = open_round(house, seat, hours=25), timezone.now()
    pending = [f"lost-{number}" for number in range(300)]
    strand = partial(mark_stranded, played=played, pending=pending, by="upkeep")
    assert (strand(now=now), strand(now=now + timedelta(hours=1))) == (True, False)
    assert StuckRound.objects.get(round=played).stranded_at == now
    [note] = RoundNote.objects.filter(round=played)
    assert (len(note.text), note.text[:39]) == (2000, "Stranded. Still pending: lost-0, lost-1")


def test_queue_shows_ages_stakes_and_what_rounds_wait_for(boss: Client, house: House, seat: Seat) -> None:
    dollars = house.seat(currency="USD")
    rounds = [
        open_round(house, seat, "1.50", minutes=30),
        open_round(house, seat, "2.00", hours=2),
        open_round(house, dollars, "4.00", hours=3),
        open_round(house, seat, "8.00", hours=30),
    ]
    house.leave_in_doubt(seat.user_id, "lost-77", round_ref=rounds[3].round_ref)
    assert queue(boss, house) == [rounds[3].round_ref, rounds[2].round_ref, rounds[1].round_ref]
    assert queue(boss, house, age="1") == [rounds[2].round_ref, rounds[1].round_ref]
    assert queue(boss, house, age="2") == []
    assert queue(boss, house, age="3") == [rounds[3].round_ref]
    assert queue(boss, house, game="200") == queue(boss, house)
    assert queue(boss, house, game="unknown") == []
    assert queue(boss, house, q=seat.user_id) == [rounds[3].round_ref, rounds[1].round_ref]
    answer = boss.get(LIST, {"round__operator__id__exact": house.operator.pk})
    bands = [(band.count, dict(band.stakes)) for _place, band, _stakes in answer.context["ages"]]
    assert bands == [(1, {"EUR": 1.5}), (2, {"EUR": 2, "USD": 4}), (0, {}), (1, {"EUR": 8})]
    assert "lost-77" in answer.content.decode()


def test_stranded_round_is_counted_filtered_and_said_on_its_page(boss: Client, house: House, seat: Seat) -> None:
    played = open_round(house, seat, hours=25)
    house.leave_in_doubt(seat.user_id, "lost-78", round_ref=played.round_ref)
    assert close_old_rounds(now=timezone.now()) == (0, 1)
    assert queue(boss, house, standing="stranded") == [played.round_ref]
    assert queue(boss, house, standing="closing") == []
    assert [band.stranded for band in count_by_age(now=timezone.now())] == [0, 0, 0, 1]
    page = boss.get(reverse("admin:wallet_round_change", args=[played.pk])).content.decode()
    for words in ("Stranded since", "Stranded. Still pending: lost-78", "nobody"):
        assert words in page


def test_round_is_taken_given_back_and_assigned_and_each_is_on_the_trail(
    staff: Callable[..., Client], boss: Client, house: House, seat: Seat
) -> None:
    played = open_round(house, seat, hours=2)
    anna, olga = staff("wallet.view_round", "wallet.view_stuckround", "wallet.take_round"), hire("olga")
    assert act(anna, played, "take").status_code == 302
    assert queue(anna, house, owner="mine") == [played.round_ref]
    assert queue(anna, house, owner="nobody") == []
    page = act(boss, played, "take").content.decode()
    assert "anna sees to this round since" in page
    assert act(anna, played, "release").status_code == 302
    assert "Nobody sees to this round." in act(anna, played, "release").content.decode()
    assert "Select a valid choice" in act(boss, played, "assign", owner=olga.pk).content.decode()
    assert act(boss, played, "assign", owner=User.objects.get(username="anna").pk).status_code == 302
    named = AuditEntry.objects.filter(subject=f"round {played.pk}: {played}").order_by("pk")
    assert [(entry.by, entry.action, entry.details["owner"]) for entry in named] == [
        ("staff:anna", "take_round", {"from": None, "to": "anna"}),
        ("staff:anna", "release_round", {"from": "anna", "to": None}),
        ("staff:boss", "assign_round", {"from": None, "to": "anna"}),
    ]


def test_many_rounds_are_taken_at_once_and_those_of_others_are_told(boss: Client, house: House, seat: Seat) -> None:
    mine, others = open_round(house, seat, hours=2), open_round(house, seat, hours=3)
    take_round(played=others, owner=hire("olga"), by="staff:olga", now=timezone.now())
    chosen = StuckRound.objects.filter(round__in=[mine, others]).order_by("pk").values_list("pk", flat=True)
    answer = boss.post(LIST, {"action": "take_selected", "_selected_action": list(chosen)}, follow=True)
    assert f"{others}: olga sees to this round since" in answer.content.decode()
    assert "You see to 1 of them now." in answer.content.decode()
    assert StuckRound.objects.get(round=mine).owner == User.objects.get(username="boss")


def test_finished_round_cannot_be_taken_but_noted(boss: Client, house: House, seat: Seat) -> None:
    played = open_round(house, seat, hours=2)
    house.end(seat, played.round_ref)
    with pytest.raises(RoundEnded):
        take_round(played=played, owner=hire("olga"), by="staff:olga", now=timezone.now())
    assert act(boss, played, "note", text=" Asked <b>them</b>. ").status_code == 302
    assert "Give a reason" not in act(boss, played, "note", text="").content.decode()
    assert [(note.by, note.text) for note in RoundNote.objects.filter(round=played)] == [
        ("staff:boss", "Asked <b>them</b>.")
    ]
    assert (
        "Asked &lt;b&gt;them&lt;/b&gt;."
        in boss.get(reverse("admin:wallet_round_change", args=[played.pk])).content.decode()
    )


@pytest.mark.parametrize("text", [" \n ", "x" * 2001])
def test_note_that_says_nothing_or_too_much_is_refused(house: House, seat: Seat, text: str) -> None:
    played = open_round(house, seat, hours=2)
    with pytest.raises(ValidationError) as refusal:
        add_round_note(played=played, text=text, by="staff:anna", now=timezone.now())
    assert list(refusal.value.message_dict) == ["text"]
    assert not RoundNote.objects.filter(round=played).exists()


def test_somebody_who_may_only_look_takes_nothing(staff: Callable[..., Client], house: House, seat: Seat) -> None:
    played = open_round(house, seat, hours=2)
    looker = staff("wallet.view_round", "wallet.view_stuckround")
    assert {act(looker, played, name).status_code for name in ("take", "release", "assign", "note")} == {403}
    assert queue(looker, house) == [played.round_ref]


def test_two_who_take_a_round_do_not_both_get_it(house: House, seat: Seat) -> None:
    played = open_round(house, seat, hours=2)
    take_round(played=played, owner=hire("olga"), by="staff:olga", now=timezone.now())
    with pytest.raises(RoundTaken):
        take_round(played=played, owner=hire("max"), by="staff:max", now=timezone.now())


def test_queue_asks_as_often_for_many_rounds_as_for_few(
    boss: Client, house: House, seat: Seat, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    open_round(house, seat, hours=2)
    boss.get(LIST)
    with django_assert_num_queries(11):
        boss.get(LIST)
    for _ in range(10):
        open_round(house, house.seat(), hours=2)
    with django_assert_num_queries(11):
        boss.get(LIST)
