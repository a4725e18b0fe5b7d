"""The casino API's cashier: text amounts, references, and what a repetition gets."""

import json
from typing import Any

import pytest

from operators.models import Casino
from tests.operators.making import make_casino, make_player
from tests.wallet.casino_caller import Caller
from wallet.models import LedgerRow, Transaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def casino() -> Casino:
    casino = make_casino()
    make_player(casino, currencies=["EUR", "USD"])
    return casino


def cash(amount: object = "25.00", reference: object = "pay-1", currency: object = "EUR") -> dict[str, Any]:
    return {"amount": amount, "currency": currency, "reference": reference}


def balances(site: Caller) -> dict[str, str]:
    return {account["currency"]: account["balance"] for account in site.get("players/olga").body["accounts"]}


def test_a_deposit_is_answered_201_and_its_repetition_200(site: Caller) -> None:
    first = site.post("players/olga/deposits", cash("25.5"))
    booked = Transaction.objects.get()
    expected = {
        "transaction_id": booked.pk,
        "user_id": "olga",
        "kind": "deposit",
        "reference": "pay-1",
        "amount": "25.50",
        "currency": "EUR",
        "balance": "25.50",
    }
    assert (first.status, first.body) == (201, expected)
    again = site.post("players/olga/deposits", cash("25.50"))
    assert (again.status, again.body) == (200, expected)
    assert (Transaction.objects.count(), balances(site)) == (1, {"EUR": "25.50", "USD": "0.00"})
    assert json.loads(LedgerRow.objects.get().context or "") == {"by": site.by}


def test_a_withdrawal_is_answered_201_and_its_repetition_200(site: Caller) -> None:
    site.post("players/olga/deposits", cash("25.50"))
    first = site.post("players/olga/withdrawals", cash("20", "out-1"))
    assert (first.status, first.body["kind"], first.body["amount"], first.body["balance"]) == (
        201,
        "withdrawal",
        "20.00",
        "5.50",
    )
    again = site.post("players/olga/withdrawals", cash("20.00", "out-1"))
    assert (again.status, again.body) == (200, first.body)
    assert balances(site) == {"EUR": "5.50", "USD": "0.00"}


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("deposits", cash("25.51")),
        ("deposits", cash(currency="USD")),
        ("withdrawals", cash()),
    ],
)
def test_a_reference_used_with_other_data_is_answered_409(site: Caller, act: str, body: dict[str, Any]) -> None:
    site.post("players/olga/deposits", cash())
    answer = site.post(f"players/olga/{act}", body)
    assert (answer.status, answer.body["code"], answer.body["fields"]) == (
        409,
        "reference_reused",
        {"reference": "It was used with other data."},
    )
    assert (Transaction.objects.count(), balances(site)) == (1, {"EUR": "25.00", "USD": "0.00"})


def test_a_withdrawal_above_the_balance_is_answered_409(site: Caller) -> None:
    site.post("players/olga/deposits", cash())
    answer = site.post("players/olga/withdrawals", cash("25.01", "out-1"))
    assert (answer.status, answer.body) == (
        409,
        {
            "code": "insufficient_funds",
            "detail": "The account does not hold that much.",
            "fields": {"amount": "It is above the balance."},
        },
    )
    assert balances(site) == {"EUR": "25.00", "USD": "0.00"}


def test_a_currency_without_account_is_answered_409(site: Caller) -> None:
    answer = site.post("players/olga/deposits", cash(currency="SEK"))
    assert (answer.status, answer.body["code"], list(answer.body["fields"])) == (409, "no_such_account", ["currency"])
    assert Transaction.objects.count() == 0


def test_an_unknown_player_is_answered_404(site: Caller) -> None:
    answer = site.post("players/nobody/deposits", cash())
    assert (answer.status, answer.body["code"]) == (404, "unknown_player")
    assert Transaction.objects.count() == 0


@pytest.mark.parametrize("act", ["deposits", "withdrawals"])
@pytest.mark.parametrize("amount", [25, 25.5, True, None, ["25.00"], {"value": "25.00"}])
def test_an_amount_that_is_no_text_is_refused_and_says_how(site: Caller, act: str, amount: object) -> None:
    answer = site.post(f"players/olga/{act}", cash(amount))
    said = (
        "This field may not be null." if amount is None else 'Send the amount as text in quotes, for example "25.00".'
    )
    assert (answer.status, answer.body["code"], answer.body["fields"]) == (400, "invalid", {"amount": said})
    assert Transaction.objects.count() == 0


@pytest.mark.parametrize(
    "amount",
    [
        "",
        "0",
        "0.00",
        "-1",
        "+1",
        "1.",
        ".5",
        "1.005",
        "1,00",
        "1e2",
        "NaN",
        "Infinity",
        " 1",
        "1\n",
        "1_0",
        "\u0661",
        "1" * 17,
    ],
)
def test_an_amount_that_does_not_fit_is_refused(site: Caller, amount: str) -> None:
    answer = site.post("players/olga/deposits", cash(amount))
    said = "Must be above zero, with at most 16 digits before the point and two after it."
    assert (answer.status, answer.body["fields"]) == (400, {"amount": said})
    assert Transaction.objects.count() == 0


def test_the_largest_and_the_smallest_amount_keep_their_digits(site: Caller) -> None:
    assert site.post("players/olga/deposits", cash("9999999999999999.98")).status == 201
    assert site.post("players/olga/deposits", cash("0.01", "pay-2")).body["balance"] == "9999999999999999.99"


@pytest.mark.parametrize("reference", ["", "a|b", "a\nb", "x" * 128, None, 1.5])
def test_a_malformed_reference_is_refused(site: Caller, reference: object) -> None:
    answer = site.post("players/olga/deposits", cash(reference=reference))
    assert (answer.status, list(answer.body["fields"])) == (400, ["reference"])
    assert Transaction.objects.count() == 0


@pytest.mark.parametrize("reference", ["x" * 127, "платёж/1", 8812])
def test_a_reference_may_be_any_text_or_whole_number(site: Caller, reference: object) -> None:
    assert site.post("players/olga/deposits", cash(reference=reference)).body["reference"] == str(reference)


@pytest.mark.parametrize("field", ["amount", "currency", "reference"])
def test_a_missing_field_is_refused_by_its_name(site: Caller, field: str) -> None:
    body = cash()
    del body[field]
    answer = site.post("players/olga/deposits", body)
    assert (answer.status, answer.body["fields"]) == (400, {field: "This field is required."})
    assert Transaction.objects.count() == 0
