"""The exchange log in the admin: searched, filtered and shown as it was written."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from operators.models import Direction, Exchange
from tests.admin.house import House

LIST = reverse("admin:operators_exchange_changelist")


def log(house: House, **facts: Any) -> Exchange:
    usual = {
        "at": timezone.now(),
        "direction": Direction.INBOUND,
        "operator": house.operator,
        "command": "changebalance",
        "http_status": 200,
        "error_code": "OP_31",
        "milliseconds": "1.20",
        "user_ref": "u1",
        "transaction_ref": "t1",
        "round_ref": "r1",
    }
    return Exchange.objects.create(**(usual | facts))


def found(client: Client, **query: Any) -> list[int]:
    answer = client.get(LIST, query)
    assert answer.status_code == 200
    return [row.pk for row in answer.context["cl"].result_list]


@pytest.mark.parametrize("field", ["user_ref", "transaction_ref", "round_ref"])
def test_exchange_is_found_by_player_transaction_and_round(boss: Client, house: House, field: str) -> None:
    log(house)
    sought = log(house, **{field: "sought"})
    assert found(boss, q="sought") == [sought.pk]
    assert found(boss, q="sough") == []


def test_exchanges_are_filtered(boss: Client, house: House) -> None:
    old = log(house, at=timezone.now() - timedelta(days=3))
    token = log(house, command="authenticate", error_code="OP_21")
    out = log(house, command="games", error_code="http_502", direction=Direction.OUTBOUND)
    other = log(House())
    ours = {"operator__id__exact": house.operator.pk}
    assert found(boss)[:3] == [other.pk, out.pk, token.pk]
    assert found(boss, **ours) == [out.pk, token.pk, old.pk]
    assert found(boss, command="authenticate", **ours) == [token.pk]
    assert found(boss, error_code="OP_21", **ours) == [token.pk]
    assert found(boss, direction__exact="out", **ours) == [out.pk]
    yesterday = f"{timezone.now() - timedelta(days=1):%Y-%m-%d}"
    assert found(boss, at_to_0=yesterday, **ours) == [old.pk]
    assert found(boss, at_from_0=yesterday, **ours) == [out.pk, token.pk]


def test_exchange_is_shown_as_it_was_logged(boss: Client, house: House) -> None:
    request = '{"command":"changebalance","data":{"token":"******","amount":10.00}}'
    exchange = log(house, request=request, response="no <b>JSON</b>", unresolved=True)
    page = boss.get(reverse("admin:operators_exchange_change", args=[exchange.pk])).content.decode()
    for text in ("&quot;token&quot;: &quot;******&quot;", "&quot;amount&quot;: 10.00", "no &lt;b&gt;JSON", "OP_31"):
        assert text in page
    assert "does not know the outcome" in page


def test_exchange_with_a_stranger_or_without_an_answer_is_shown(boss: Client, house: House) -> None:
    facts = {"operator": None, "http_status": None, "error_code": "", "user_ref": "", "transaction_ref": ""}
    exchange = log(house, **facts)
    assert "no answer" in boss.get(LIST).content.decode()
    page = boss.get(reverse("admin:operators_exchange_change", args=[exchange.pk])).content.decode()
    assert "no answer" in page
    assert "unknown" in page


def test_list_of_exchanges_never_counts_and_asks_as_often_for_many_as_for_few(
    boss: Client, house: House, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    log(house)
    boss.get(LIST)
    with django_assert_num_queries(4):
        boss.get(LIST)
    for _ in range(20):
        log(House())
    with django_assert_num_queries(4) as asked:
        boss.get(LIST)
    assert not [query["sql"] for query in asked.captured_queries if "COUNT(" in query["sql"]]
