"""What one person may request, and approve, in a day of the casino's, however small each request is."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User

from tests.wallet.asked import make_request
from tests.wallet.world import Seat, World
from wallet.enums import RequestState
from wallet.models import ApprovalRequest, Ceiling
from wallet.services.approvals import approve_request, withdraw_request
from wallet.services.ceilings import AboveCeiling, Ceilings, Leeway, find_ceilings, find_leeway
from wallet.services.requests import request_adjustment, request_forced_cancel

pytestmark = pytest.mark.django_db
ANNA, BORIS, SUPPORT = "staff:anna", "staff:boris", "staff:sven"
# Half an hour past midnight on Malta, where it is still yesterday by UTC.
EARLY = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """Two of finance and one of support, in a casino whose days begin an hour before UTC's."""
    for role, *names in (("finance", "anna", "boris"), ("support", "sven")):
        for name in names:
            User.objects.create_user(name).groups.add(Group.objects.get(name=role))
    world.casino.time_zone = "Europe/Malta"
    world.casino.save()


def adjust(seat: Seat, amount: str, *, by: str = SUPPORT, now: datetime = EARLY, currency: str = "EUR") -> Any:
    return request_adjustment(
        player=seat.player,
        currency=currency,
        amount=Decimal(amount),
        reason="goodwill",
        note="Case 4711",
        by=by,
        now=now,
    )


def refusal_of(seat: Seat, amount: str, **facts: Any) -> str:
    before = ApprovalRequest.objects.count()
    with pytest.raises(AboveCeiling) as refusal:
        adjust(seat, amount, **facts)
    assert ApprovalRequest.objects.count() == before
    return str(refusal.value)


def test_small_requests_add_up_to_the_days_ceiling_and_no_further(seat: Seat) -> None:
    for amount in ("100.00", "-100.00", "100.00", "100.00", "50.00"):
        adjust(seat, amount)
    assert refusal_of(seat, "50.01") == (
        "Your roles may request up to 500.00 EUR a day;"
        " until midnight in Europe/Malta 50.00 is left, and this is 50.01."
    )
    adjust(seat, "50.00")
    assert "0.00 is left, and this is 0.01." in refusal_of(seat, "0.01")


def test_a_day_is_the_casinos_and_begins_anew_at_its_midnight(seat: Seat) -> None:
    midnight = EARLY - timedelta(minutes=30)
    for _ in range(5):
        adjust(seat, "100.00", now=midnight - timedelta(seconds=1))
    refusal_of(seat, "0.01", now=midnight - timedelta(seconds=1))
    for _ in range(5):
        adjust(seat, "100.00", now=midnight)
    refusal_of(seat, "0.01", now=midnight + timedelta(hours=24, seconds=-1))
    adjust(seat, "0.01", now=midnight + timedelta(hours=24))


def test_what_was_withdrawn_rejected_or_overtaken_moves_nothing_and_does_not_count(seat: Seat) -> None:
    withdraw_request(request=adjust(seat, "100.00"), by=SUPPORT, now=EARLY)
    for state in (RequestState.REJECTED, RequestState.OVERTAKEN, RequestState.EXPIRED):
        facts = {"requested_by": SUPPORT, "requested_at": EARLY, "decided_by": BORIS, "decided_at": EARLY}
        make_request(seat, amount=Decimal(100), state=state, **facts)
    for _ in range(5):
        adjust(seat, "100.00")
    assert "0.00 is left" in refusal_of(seat, "0.01")


def test_others_other_currencies_and_closes_do_not_count(world: World, seat: Seat) -> None:
    dollars = world.seat(currency="USD")
    for _ in range(5):
        adjust(seat, "100.00")
        adjust(dollars, "100.00", currency="USD")
    refusal_of(seat, "1.00")
    refusal_of(dollars, "1.00", currency="USD")
    adjust(seat, "100.00", by=ANNA)


def test_forced_cancels_count_as_adjustments_do(world: World, seat: Seat) -> None:
    world.bet(seat, "60.00", transaction_id=77)
    for _ in range(4):
        adjust(seat, "100.00")
    adjust(seat, "40.01")
    target = seat.rows[-1].transaction
    facts: dict[str, Any] = {"target": target, "reason": "game_fault", "note": "x", "by": SUPPORT, "now": EARLY}
    with pytest.raises(AboveCeiling, match=r"59\.99 is left, and this is 60\.00"):
        request_forced_cancel(**facts)


def test_approvals_add_up_by_themselves(seat: Seat) -> None:
    Ceiling.objects.filter(role="finance", currency="EUR").update(daily_up_to=Decimal("150.00"))
    adjust(seat, "150.00", by=BORIS)
    first, second, third = (adjust(seat, "60.00") for _ in range(3))
    for made in (first, second):
        approve_request(request=made, by=BORIS, now=EARLY)
    with pytest.raises(AboveCeiling) as refusal:
        approve_request(request=third, by=BORIS, now=EARLY)
    assert str(refusal.value) == (
        "Your roles may approve up to 150.00 EUR a day;"
        " until midnight in Europe/Malta 30.00 is left, and this is 60.00."
    )
    third.refresh_from_db()
    assert (third.state, seat.balance) == ("open", Decimal("220.00"))
    approve_request(request=third, by=ANNA, now=EARLY)
    assert seat.balance == Decimal("280.00")


def test_leeway_is_what_one_request_may_come_to_now(world: World, seat: Seat) -> None:
    facts: dict[str, Any] = {"by": SUPPORT, "step": "request", "currency": "EUR", "casino": world.casino, "now": EARLY}
    leeway = find_leeway(**facts)
    assert leeway == Leeway(Decimal(100), Decimal(500), Decimal(500))
    assert leeway.most == Decimal(100)
    for _ in range(4):
        adjust(seat, "100.00")
    adjust(seat, "30.00")
    later = find_leeway(**facts)
    assert (later, later and later.most) == (Leeway(Decimal(100), Decimal(500), Decimal(70)), Decimal(70))
    Ceiling.objects.filter(role="support", currency="EUR").update(daily_up_to=Decimal(200))
    assert find_leeway(**facts) == Leeway(Decimal(100), Decimal(200), Decimal(0))
    assert find_leeway(**(facts | {"currency": "SEK"})) is None


def test_of_several_roles_the_highest_daily_ceiling_counts() -> None:
    User.objects.get(username="sven").groups.add(Group.objects.get(name="finance"))
    assert find_ceilings(by=SUPPORT, currency="EUR") == Ceilings(Decimal(10_000), Decimal(10_000), Decimal(50_000))


def test_a_currency_without_ceilings_is_refused_with_the_remedy(world: World) -> None:
    seat = world.seat(currency="SEK")
    assert refusal_of(seat, "1.00", currency="SEK", by=ANNA) == (
        "No role of yours may request anything in SEK: an administrator has to set a ceiling for SEK under Ceilings."
    )
