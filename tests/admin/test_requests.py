"""Requests in the admin: asked for on one page, decided on another by somebody else, ceilings set by a third."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.admin.house import House, ago, hire
from tests.admin.reading import words_of
from tests.wallet.asked import make_request
from tests.wallet.world import Seat
from wallet.models import ApprovalRequest, Ceiling, RoundClosing

LIST = reverse("admin:wallet_approvalrequest_changelist")
Join = Callable[[str, str], Client]


@pytest.fixture
def join(db: None) -> Join:
    """Makes the browser of a new member of staff with a role."""

    def log_in(name: str, role: str) -> Client:
        person = hire(name)
        person.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(person)
        return client

    return log_in


def act(client: Client, model: str, key: object, name: str, **data: Any) -> Any:
    return client.post(reverse(f"admin:wallet_{model}_{name}", args=[key]), data)


def page(client: Client, model: str, key: object) -> str:
    return client.get(reverse(f"admin:wallet_{model}_change", args=[key])).content.decode()


def offered(client: Client, asked: ApprovalRequest) -> set[str]:
    shown = page(client, "approvalrequest", asked.pk)
    names = ("approve", "reject", "withdraw")
    return {name for name in names if reverse(f"admin:wallet_approvalrequest_{name}", args=[asked.pk]) in shown}


def found(client: Client, **query: str) -> list[int]:
    return [asked.pk for asked in client.get(LIST, query).context["cl"].result_list]


def test_one_asks_for_an_adjustment_and_another_approves_it(join: Join, seat: Seat) -> None:
    anna, boris = join("anna", "support"), join("boris", "finance")
    data = {"account": "EUR", "direction": "debit", "amount": "30.00", "reason": "correction", "note": "Paid twice"}
    asked = words_of(anna.get(reverse("admin:wallet_player_adjust", args=[seat.player.pk])))
    assert "EUR, holds 100.00 EUR" in asked
    assert "You may request up to 100.00 EUR or 100.00 USD." in asked
    answer = act(anna, "player", seat.player.pk, "adjust", **data)
    made = ApprovalRequest.objects.get(player=seat.player)
    assert answer.headers["Location"] == reverse("admin:wallet_approvalrequest_change", args=[made.pk])
    assert (made.amount, made.requested_by, made.reason, made.note) == (
        *(Decimal("-30.00"), "staff:anna", "correction", "Paid twice"),
    )
    assert (offered(anna, made), offered(boris, made)) == ({"withdraw"}, {"approve", "reject"})
    assert "You asked for it yourself: somebody else has to approve it." in page(anna, "approvalrequest", made.pk)
    assert act(anna, "approvalrequest", made.pk, "approve").status_code == 403
    told = words_of(boris.get(reverse("admin:wallet_approvalrequest_approve", args=[made.pk])))
    assert "The balance would go from 100.00 to 70.00 EUR. You may approve up to 10,000.00 EUR." in told
    act(boris, "approvalrequest", made.pk, "approve", note="Seen the receipt")
    assert seat.balance == Decimal("70.00")
    shown = words_of(boris.get(reverse("admin:wallet_approvalrequest_change", args=[made.pk])))
    for words in ("by staff:anna", "by staff:boris", "Paid twice", "Seen the receipt", f"Debit by staff {made.pk}"):
        assert words in shown
    assert "staff:anna" in page(boris, "player", seat.player.pk)


def test_the_requester_is_refused_in_words_even_with_the_right_to_approve(join: Join, seat: Seat) -> None:
    client = join("anna", "finance")
    made = make_request(seat, requested_by="staff:anna")
    assert offered(client, made) == {"withdraw"}
    said = words_of(act(client, "approvalrequest", made.pk, "approve"))
    assert "You asked for it yourself: somebody else has to approve it; you may withdraw it." in said
    act(client, "approvalrequest", made.pk, "withdraw")
    made.refresh_from_db()
    assert (made.state, offered(client, made), seat.rows) == ("withdrawn", set(), [])


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_the_requester_who_opens_a_decisions_address_is_led_back_and_told_why(
    join: Join, seat: Seat, decision: str
) -> None:
    client, made = join("anna", "finance"), make_request(seat, requested_by="staff:anna")
    answer = client.get(reverse(f"admin:wallet_approvalrequest_{decision}", args=[made.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("admin:wallet_approvalrequest_change", args=[made.pk]), 302)]
    said = "You asked for it yourself: somebody else has to approve it; you may withdraw it."
    assert said in answer.content.decode()


def test_a_rejection_needs_a_note_and_moves_nothing(join: Join, seat: Seat) -> None:
    boris, made = join("boris", "finance"), make_request(seat)
    assert "This field is required." in words_of(act(boris, "approvalrequest", made.pk, "reject"))
    act(boris, "approvalrequest", made.pk, "reject", note="No receipt")
    made.refresh_from_db()
    assert (made.state, made.decided_by, made.decision_note, seat.rows) == (
        *("rejected", "staff:boris", "No receipt", []),
    )
    ended = words_of(act(boris, "approvalrequest", made.pk, "approve"))
    assert "It does not wait any more: rejected by staff:boris." in ended


def test_wrong_entries_are_told_at_their_fields(join: Join, seat: Seat) -> None:
    client = join("anna", "support")
    data = {"account": "EUR", "direction": "credit", "amount": "10.00", "reason": "goodwill", "note": "x"}
    for name, value in (("amount", "0.001"), ("amount", "-1"), ("account", "GBP"), ("reason", "stuck"), ("note", "")):
        answer = act(client, "player", seat.player.pk, "adjust", **(data | {name: value}))
        assert set(answer.context["form"].errors) == {name}
    above = words_of(act(client, "player", seat.player.pk, "adjust", **(data | {"amount": "100.01"})))
    assert "Your roles may request up to 100.00 EUR; this is 100.01." in above
    assert ApprovalRequest.objects.count() == 0


def test_a_transaction_is_canceled_from_its_page_once(join: Join, house: House, seat: Seat) -> None:
    anna, boris = join("anna", "support"), join("boris", "finance")
    bet = house.post("bet", seat, "40.00")
    link = reverse("admin:wallet_ledgerrow_force_cancel", args=[bet.row.pk])
    assert link in page(anna, "ledgerrow", bet.row.pk)
    assert "be the balance below zero afterwards" in words_of(anna.get(link))
    act(anna, "ledgerrow", bet.row.pk, "force_cancel", reason="game_fault", note="Hung reels")
    made = ApprovalRequest.objects.get(player=seat.player)
    second = words_of(act(boris, "ledgerrow", bet.row.pk, "force_cancel", reason="game_fault", note="Me too"))
    assert "staff:anna asked for it already: it waits for approval." in second
    act(boris, "approvalrequest", made.pk, "approve")
    assert seat.balance == Decimal("100.00")
    assert link not in page(anna, "ledgerrow", bet.row.pk)
    cancel = seat.rows[-1]
    assert "staff:anna" in page(boris, "ledgerrow", cancel.pk)
    assert reverse("admin:wallet_ledgerrow_force_cancel", args=[cancel.pk]) not in page(anna, "ledgerrow", cancel.pk)


def test_a_win_that_is_spent_is_foretold_to_leave_less_than_nothing(join: Join, house: House, seat: Seat) -> None:
    win = house.post("win", seat, "50.00")
    house.post("bet", seat, "130.00")
    made = make_request(seat, kind="forced_cancel", transaction=win.row.transaction, amount=Decimal("-50.00"))
    told = words_of(join("boris", "finance").get(reverse("admin:wallet_approvalrequest_approve", args=[made.pk])))
    assert "from 20.00 to -30.00 EUR, below zero: the movement is flagged, and bets are refused" in told


def test_a_round_is_closed_from_its_page_and_names_both(join: Join, house: House, seat: Seat) -> None:
    anna, boris = join("anna", "support"), join("boris", "finance")
    played = house.round(house.post("bet", seat, "1.00").round_ref)
    link = reverse("admin:wallet_round_force_close", args=[played.pk])
    assert link in page(anna, "round", played.pk)
    act(anna, "round", played.pk, "force_close", reason="stuck", note="Their support: it never ended")
    made = ApprovalRequest.objects.get(round=played)
    assert "with nothing pending in it; no money moves" in page(boris, "approvalrequest", made.pk)
    act(boris, "approvalrequest", made.pk, "approve")
    assert RoundClosing.objects.get(round=played).by == "staff:boris"
    shown = words_of(boris.get(reverse("admin:wallet_round_change", args=[played.pk])))
    assert "Forced by two members of staff, requested by staff:anna, approved by staff:boris" in shown
    assert "approved by staff:boris. Nothing more will come for it: Their support: it never ended" in shown
    assert link not in page(anna, "round", played.pk)


def test_what_happened_since_is_said_and_closes_the_request(join: Join, house: House, seat: Seat) -> None:
    boris = join("boris", "finance")
    bet = house.post("bet", seat, "1.00")
    canceled = make_request(seat, kind="forced_cancel", transaction=bet.row.transaction)
    closed = make_request(seat, kind="forced_close", round=bet.row.round, account=None, amount=None)
    house.undo(seat, bet.reference)
    house.end(seat, bet.round_ref)
    for made, words in ((canceled, "The transaction was canceled since"), (closed, "The round was finished since")):
        assert f"{words}: nothing would be done." in page(boris, "approvalrequest", made.pk)
        answer = words_of(act(boris, "approvalrequest", made.pk, "approve"))
        assert f"{words}: nothing is left to do." in answer
        made.refresh_from_db()
        assert made.state == "overtaken"


def test_list_begins_with_what_waits_and_is_filtered(boss: Client, seat: Seat) -> None:
    ended = {"decided_by": "staff:boris", "decided_at": timezone.now()}
    first, second = make_request(seat), make_request(seat, requested_by="staff:carl")
    rejected = make_request(seat, state="rejected", **ended)
    assert found(boss) == [second.pk, first.pk, rejected.pk]
    assert found(boss, state__exact="open") == [second.pk, first.pk]
    assert found(boss, who="boris") == [rejected.pk]
    assert found(boss, who="staff:carl") == [second.pk]
    assert found(boss, kind__exact="forced_close") == []
    assert found(boss, player=seat.user_id) == [second.pk, first.pk, rejected.pk]
    assert found(boss, player="nobody") == []
    shown = words_of(boss.get(reverse("admin:wallet_approvalrequest_change", args=[first.pk])))
    assert f"What else waits for this player Request Of By Adjustment {second.pk}" in shown
    listed = words_of(boss.get(LIST))
    assert "results" not in listed
    assert "by staff:boris" in listed
    assert "staff:carl" in listed


def test_list_asks_as_often_for_many_as_for_few(
    boss: Client, house: House, seat: Seat, django_assert_max_num_queries: Any
) -> None:
    bet = house.post("bet", seat, "1.00")
    make_request(seat, kind="forced_cancel", transaction=bet.row.transaction)
    for _ in range(20):
        make_request(seat)
    boss.get(LIST)
    with django_assert_max_num_queries(6):
        boss.get(LIST)


def test_first_page_says_what_waits_for_a_second_person(join: Join, seat: Seat) -> None:
    client, index = join("anna", "finance"), reverse("admin:index")
    assert "second person" not in words_of(client.get(index))
    make_request(seat, requested_by="staff:anna")
    make_request(seat, requested_by="staff:boris", requested_at=ago(hours=1))
    assert "1 request waits for a second person . 1 more is your own." in words_of(client.get(index))
    assert "second person" not in words_of(join("cara", "content").get(index))


def test_ceilings_are_set_by_administrators_who_may_move_nothing(join: Join, seat: Seat) -> None:
    boss, boris = join("dora", "administrator"), join("boris", "finance")
    ceiling = Ceiling.objects.get(role="support", currency="EUR")
    amounts = {"request_up_to": "250.00", "approve_up_to": "0.00", "daily_up_to": "900.00"}
    assert act(boris, "ceiling", ceiling.pk, "set_amounts", **amounts).status_code == 403
    act(boss, "ceiling", ceiling.pk, "set_amounts", **amounts)
    ceiling.refresh_from_db()
    set_to = (ceiling.request_up_to, ceiling.daily_up_to, ceiling.changed_by)
    assert set_to == (Decimal(250), Decimal(900), "staff:dora")
    assert "by staff:dora" in words_of(boss.get(reverse("admin:wallet_ceiling_change", args=[ceiling.pk])))
    new = reverse("admin:wallet_ceiling_add")
    assert boris.get(new).status_code == 403
    boss.post(new, {"role": "support", "currency": "SEK", **amounts})
    assert Ceiling.objects.get(role="support", currency="SEK").request_up_to == Decimal(250)
    assert boss.post(new, {"role": "support", "currency": "kr", **amounts}).context["form"].errors
    own = words_of(boss.post(new, {"role": "administrator", "currency": "SEK", **amounts}))
    assert "You are “administrator” yourself: somebody else has to set what it may move." in own
    assert boss.get(reverse("admin:wallet_player_adjust", args=[seat.player.pk])).status_code == 403


@pytest.mark.parametrize("role", ["compliance", "read-only", "administrator"])
def test_who_only_looks_is_offered_nothing(join: Join, seat: Seat, role: str) -> None:
    client, made = join("eve", role), make_request(seat)
    assert offered(client, made) == set()
    for name in ("approve", "reject", "withdraw"):
        assert act(client, "approvalrequest", made.pk, name, note="x").status_code == 403
    assert User.objects.get(username="eve").has_perm("wallet.view_approvalrequest")
