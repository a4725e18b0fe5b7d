"""What was blocked, by country, and what edited rules would have blocked."""

from datetime import timedelta
from pathlib import Path

import pytest

from geoblock.models import Asked, BlockedLaunch
from geoblock.rules import Lists, Rule, VendorCountries, read_rules
from geoblock.selectors.judgements import judge
from geoblock.selectors.launches import Launched, WouldBlock, count_by_country, count_would_block
from geoblock.selectors.rules import InForce
from geoblock.services.launches import note_blocked_launch
from geoblock.services.rules import save_rules
from operators.models import Operator
from tests.operators.making import NOW, STAFF, make_casino, make_operator

pytestmark = pytest.mark.django_db

GERMANY, AMERICA, CANADA, NOWHERE = "203.0.113.7", "198.51.100.7", "192.0.2.7", "10.0.0.7"


@pytest.fixture
def operator() -> Operator:
    return make_operator(make_casino())


def block(operator: Operator, address: str) -> BlockedLaunch:
    nobody = InForce(Lists(white=frozenset()), Lists())
    judgement = judge(in_force=nobody, vendor=VendorCountries(), address=address, is_real=True)
    assert not judgement.decision.allowed
    return note_blocked_launch(
        judgement,
        asked=Asked.LAUNCH,
        casino_id=operator.casino_id,
        operator_id=operator.pk,
        user_id="olga",
        mode="real",
        opened="37",
        now=NOW,
    )


def test_blocked_launch_keeps_who_from_where_and_which_rule(operator: Operator, cities: Path) -> None:
    row = BlockedLaunch.objects.get(pk=block(operator, "198.51.100.7").pk)
    assert (row.at, row.casino, row.operator, row.user_id, row.opened) == (NOW, operator.casino, operator, "olga", "37")
    assert (row.address, row.country, row.region) == ("198.51.100.7", "FR", "FR-IDF FR-75C")
    assert (row.rule, row.sentence) == (
        Rule.OPERATOR_WHITE,
        "FR (FR-IDF, FR-75C) is not on the operator's white list.",
    )
    assert str(row) == "olga from FR-IDF FR-75C at 2026-11-20 12:00"


def test_blocked_launches_are_counted_by_country(operator: Operator, countries: Path) -> None:
    for address in (GERMANY, AMERICA, AMERICA, NOWHERE):
        block(operator, address)
    assert count_by_country(BlockedLaunch.objects.filter(operator=operator)) == [("US", 2), ("", 1), ("DE", 1)]


def launches(operator: Operator) -> list[Launched]:
    counts = {GERMANY: 5, AMERICA: 3, CANADA: 2, NOWHERE: 1}
    return [Launched(operator.pk, address, count) for address, count in counts.items()]


def test_what_an_operators_edited_rules_would_have_blocked_is_counted(operator: Operator, countries: Path) -> None:
    edited = read_rules('{"blackList": ["US", "CA"]}').lists
    counted = count_would_block(operator=operator, lists=edited, launches=launches(operator))
    assert counted == WouldBlock(launches=11, blocked=6, by_country=(("US", 3), ("CA", 2), ("", 1)))


def test_edited_rules_are_judged_beside_those_in_force(operator: Operator, countries: Path) -> None:
    save_rules(operator=None, text='{"blackList": ["CA"]}', reason="Licence", by=STAFF, now=NOW + timedelta(hours=1))
    edited = read_rules('{"grayList": ["CA"]}').lists
    counted = count_would_block(operator=operator, lists=edited, launches=launches(operator))
    assert counted == WouldBlock(launches=11, blocked=1, by_country=(("", 1),))
    everybodys = count_would_block(operator=None, lists=read_rules("").lists, launches=launches(operator))
    assert everybodys == WouldBlock(launches=11, blocked=0, by_country=())
