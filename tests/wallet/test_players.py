"""Players: registered once, blocked with a reason, self-excluded for no less than they asked."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from operators.models import AuditEntry, Casino
from tests.operators.making import NOW, STAFF, make_casino, make_player
from wallet.models import Account, Player
from wallet.selectors import UnknownPlayer, get_player
from wallet.services.players import (
    ExclusionShortened,
    PlayerDataDiffers,
    Registration,
    block_player,
    exclude_player,
    mark_test_player,
    register_player,
    unblock_player,
)

pytestmark = pytest.mark.django_db


def register(casino: Casino, **more: Any) -> Registration:
    facts = {"user_id": "olga", "user_name": "Olga P", "country": "DE", "currencies": ["EUR"]}
    return register_player(**{"casino": casino, **facts, "by": "api-key:ab12cd34", **more})


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def stored(player: Player) -> Player:
    return Player.objects.get(pk=player.pk)


def test_a_player_gets_an_empty_account_in_each_currency(casino: Casino) -> None:
    player, created = register(casino, currencies=["USD", "EUR", "USD"], display_name="Olga", group="vip")
    assert created
    found = get_player(casino, "olga")
    assert (found.pk, found.user_name, found.display_name, found.country, found.group) == (
        player.pk,
        "Olga P",
        "Olga",
        "DE",
        "vip",
    )
    assert [(account.currency, account.balance) for account in found.accounts.all()] == [
        ("EUR", Decimal(0)),
        ("USD", Decimal(0)),
    ]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.by, entry.action, entry.details) == (
        "api-key:ab12cd34",
        "create_player",
        {"currencies": ["EUR", "USD"]},
    )


def test_registering_again_with_the_same_data_finds_the_player(casino: Casino) -> None:
    first = register(casino)
    entries = actions()
    assert register(casino) == (first.player, False)
    assert (Player.objects.count(), Account.objects.count(), actions()) == (1, 1, entries)


def test_registering_again_adds_the_new_currencies(casino: Casino) -> None:
    register(casino)
    assert not register(casino, currencies=["EUR", "USDT"]).created
    assert sorted(Account.objects.values_list("currency", flat=True)) == ["EUR", "USDT"]
    assert actions()[-1] == "open_accounts"


@pytest.mark.parametrize(
    ("field", "other"), [("user_name", "Olga Q"), ("display_name", "O"), ("country", "AT"), ("group", "vip")]
)
def test_registering_again_with_other_data_is_refused(casino: Casino, field: str, other: str) -> None:
    register(casino)
    with pytest.raises(PlayerDataDiffers) as refusal:
        register(casino, currencies=["USD"], **{field: other})
    assert list(refusal.value.fields) == [field]
    assert Account.objects.count() == 1
    assert getattr(get_player(casino, "olga"), field) != other


def test_two_casinos_may_use_the_same_user_id(casino: Casino) -> None:
    other = make_casino()
    assert register(casino).created
    assert register(other, user_name="Another Olga").created
    assert get_player(other, "olga").user_name == "Another Olga"
    with pytest.raises(UnknownPlayer):
        get_player(make_casino(), "olga")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user_id", ""),
        ("user_id", "a|b"),
        ("user_id", "a\nb"),
        ("user_id", "olga\n"),
        ("country", "DE\n"),
        ("currencies", ["EUR\n"]),
        ("user_id", "x" * 71),
        ("user_name", "a|b"),
        ("country", "de"),
        ("country", "DEU"),
        ("currencies", []),
        ("currencies", ["eur"]),
        ("currencies", ["EURO5"]),
    ],
)
def test_a_malformed_registration_is_refused(casino: Casino, field: str, value: object) -> None:
    with pytest.raises(ValidationError):
        register(casino, **{field: value})
    assert (Player.objects.count(), Account.objects.count()) == (0, 0)


def test_a_block_has_a_reason_and_someone_who_gave_it(casino: Casino) -> None:
    player = make_player(casino)
    with pytest.raises(ValidationError):
        block_player(player=player, reason=" ", by=STAFF, now=NOW)
    with pytest.raises(ValidationError):
        block_player(player=player, reason="x" * 501, by=STAFF, now=NOW)
    assert not stored(player).is_blocked
    block_player(player=player, reason="Chargeback", by=STAFF, now=NOW)
    found = stored(player)
    assert (found.blocked_at, found.blocked_by, found.blocked_reason) == (NOW, STAFF, "Chargeback")
    assert AuditEntry.objects.latest("pk").details == {"reason": "Chargeback"}


def test_a_second_block_keeps_the_first_reason(casino: Casino) -> None:
    player = block_player(player=make_player(casino), reason="Chargeback", by=STAFF, now=NOW)
    entries = actions()
    block_player(player=player, reason="Other", by="staff:bo", now=NOW + timedelta(hours=1))
    assert (stored(player).blocked_reason, stored(player).blocked_by, actions()) == ("Chargeback", STAFF, entries)


def test_unblocking_needs_a_reason_and_is_audited(casino: Casino) -> None:
    player = block_player(player=make_player(casino), reason="Chargeback", by=STAFF, now=NOW)
    with pytest.raises(ValidationError):
        unblock_player(player=player, reason="", by=STAFF)
    assert stored(player).is_blocked
    unblock_player(player=player, reason="Paid", by="staff:bo")
    assert (stored(player).blocked_at, stored(player).blocked_by, stored(player).blocked_reason) == (None, "", "")
    details = {"reason": "Paid", "blocked_by": STAFF, "was": "Chargeback"}
    assert AuditEntry.objects.latest("pk").details == details


def test_an_exclusion_can_be_made_longer_only(casino: Casino) -> None:
    player = make_player(casino)
    month = NOW + timedelta(days=30)
    exclude_player(player=player, until=month, by=STAFF, now=NOW)
    with pytest.raises(ExclusionShortened):
        exclude_player(player=player, until=month - timedelta(days=1), by=STAFF, now=NOW)
    assert stored(player).excluded_until == month
    exclude_player(player=player, until=month + timedelta(days=1), by=STAFF, now=NOW)
    assert stored(player).excluded_until == month + timedelta(days=1)


@pytest.mark.parametrize(("kind", "days"), [("cool_off", 42), ("self_exclusion", 36_600)])
def test_an_exclusion_lasts_no_longer_than_its_kind_may(casino: Casino, kind: str, days: int) -> None:
    player, longest = make_player(casino), NOW + timedelta(days=days)
    with pytest.raises(ValidationError) as refusal:
        exclude_player(player=player, until=longest + timedelta(microseconds=1), kind=kind, by=STAFF, now=NOW)
    assert list(refusal.value.message_dict) == ["until"]
    assert stored(player).excluded_until is None
    exclude_player(player=player, until=longest, kind=kind, by=STAFF, now=NOW)
    assert stored(player).excluded_until == longest


def test_the_same_exclusion_is_written_down_once_and_one_of_another_kind_beside_it(casino: Casino) -> None:
    player, month = make_player(casino), NOW + timedelta(days=30)
    for kind in ("self_exclusion", "self_exclusion", "cool_off"):
        exclude_player(player=player, until=month, kind=kind, reason="Rent", by=STAFF, now=NOW)
    written = player.exclusions.order_by("pk").values_list("kind", "asked_at", "until", "reason", "by")
    assert list(written) == [(kind, NOW, month, "Rent", STAFF) for kind in ("self_exclusion", "cool_off")]
    facts = {"until": month.isoformat(), "reason": "Rent"}
    audited = AuditEntry.objects.filter(action="exclude_player").order_by("pk")
    assert [entry.details for entry in audited] == [
        {"kind": "self_exclusion", "was": None, **facts},
        {"kind": "cool_off", "was": month.isoformat(), **facts},
    ]


def test_what_was_done_since_a_player_was_read_counts(casino: Casino) -> None:
    player = make_player(casino)
    early, late = stored(player), stored(player)
    block_player(player=player, reason="Chargeback", by=STAFF, now=NOW)
    mark_test_player(player=player, is_test=True, reason="Anna's own", by=STAFF)
    block_player(player=early, reason="Other", by="staff:bo", now=NOW + timedelta(hours=1))
    assert stored(player).blocked_reason == "Chargeback"
    early = Player.objects.get(pk=player.pk)
    unblock_player(player=late, reason="Paid", by=STAFF)
    assert (stored(player).is_blocked, late.is_test) == (False, True)
    mark_test_player(player=early, is_test=False, reason="Gone", by=STAFF)
    mark_test_player(player=late, is_test=True, reason="Anna's again", by=STAFF)
    assert stored(player).is_test


def test_an_exclusion_into_the_past_is_refused(casino: Casino) -> None:
    player = make_player(casino)
    with pytest.raises(ExclusionShortened):
        exclude_player(player=player, until=NOW, by=STAFF, now=NOW)
    assert stored(player).excluded_until is None
