"""The casino API's players and their transactions."""

from typing import Any
from urllib.parse import quote

import pytest

from operators.models import AuditEntry, Casino
from tests.operators.making import make_player
from tests.wallet.casino_caller import Caller
from wallet.models import Account, LedgerRow, Player

pytestmark = pytest.mark.django_db

OLGA = {"user_id": "olga", "user_name": "Olga P", "country": "DE", "currencies": ["EUR"]}


def test_a_new_player_is_answered_201(site: Caller) -> None:
    answer = site.post("players", OLGA | {"display_name": "Olga ✨", "group": "vip", "currencies": ["USD", "EUR"]})
    created_at = answer.body.pop("created_at")
    assert (answer.status, answer.body) == (
        201,
        {
            "user_id": "olga",
            "user_name": "Olga P",
            "display_name": "Olga ✨",
            "country": "DE",
            "group": "vip",
            "blocked": False,
            "blocked_at": None,
            "excluded_until": None,
            "accounts": [{"currency": "EUR", "balance": "0.00"}, {"currency": "USD", "balance": "0.00"}],
        },
    )
    assert site.get("players/olga").body == answer.body | {"created_at": created_at}
    entry = AuditEntry.objects.latest("pk")
    assert (entry.by, entry.action) == (site.by, "create_player")


def test_the_same_player_again_is_answered_200(site: Caller) -> None:
    first = site.post("players", OLGA)
    again = site.post("players", OLGA)
    assert (again.status, again.body) == (200, first.body)
    more = site.post("players", OLGA | {"currencies": ["USDT"]})
    assert (more.status, [account["currency"] for account in more.body["accounts"]]) == (200, ["EUR", "USDT"])


def test_the_same_player_with_other_data_is_answered_409(site: Caller) -> None:
    first = site.post("players", OLGA)
    answer = site.post("players", OLGA | {"country": "AT", "user_name": "Olga Q", "currencies": ["USD"]})
    assert (answer.status, answer.body) == (
        409,
        {
            "code": "player_data_differs",
            "detail": "Player “olga” exists with another user_name, country.",
            "fields": {"user_name": "The player has another value.", "country": "The player has another value."},
        },
    )
    assert site.get("players/olga").body == first.body


def test_a_number_is_the_same_id_as_its_text(site: Caller) -> None:
    assert site.post("players", OLGA | {"user_id": 113}).status == 201
    assert site.post("players", OLGA | {"user_id": "113"}).status == 200


@pytest.mark.parametrize(
    "user_id", ["a/b", "a/block/b", "Ольга", "a b", "a+b%20", "a?b#c", "x" * 70, "名" * 70, " ", "a//b/", "o'brien;--"]
)
def test_any_user_id_is_reached_percent_encoded(site: Caller, user_id: str) -> None:
    assert site.post("players", OLGA | {"user_id": user_id}).status == 201
    path = f"players/{quote(user_id, safe='')}"
    assert site.get(path).body["user_id"] == user_id
    cash = {"amount": "10.00", "currency": "EUR", "reference": "pay-1"}
    assert site.post(f"{path}/deposits", cash).body["user_id"] == user_id
    assert site.post(f"{path}/block", {"reason": "Chargeback"}).body["blocked"] is True
    (row,) = site.get(f"{path}/transactions").body["results"]
    assert row["reference"] == "pay-1"


@pytest.mark.parametrize("user_id", [".", "..", "a/block", "a/transactions", "/deposits"])
def test_a_user_id_that_no_address_could_name_is_refused(site: Caller, user_id: str) -> None:
    answer = site.post("players", OLGA | {"user_id": user_id})
    assert (answer.status, list(answer.body["fields"])) == (400, ["user_id"])
    assert Player.objects.count() == 0


@pytest.mark.parametrize("user_id", ["", "a|b", "a\nb", "a\n", "a\x00b", "a\x7fb", "x" * 71, None, True, 1.5, ["a"]])
def test_a_malformed_user_id_is_refused(site: Caller, user_id: object) -> None:
    answer = site.post("players", OLGA | {"user_id": user_id})
    assert (answer.status, answer.body["code"], list(answer.body["fields"])) == (400, "invalid", ["user_id"])
    assert Player.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user_name", ""),
        ("user_name", "x" * 256),
        ("user_name", "a|b"),
        ("user_name", "a\n"),
        ("display_name", "x" * 101),
        ("group", 7),
        ("country", "DEU"),
        ("country", "D\n"),
        ("currencies", []),
        ("currencies", "EUR"),
        ("currencies", ["EUR\n"]),
        ("currencies", [5]),
        ("currencies", ["E" + str(number) for number in range(10, 31)]),
    ],
)
def test_a_malformed_field_is_refused_by_its_name(site: Caller, field: str, value: object) -> None:
    answer = site.post("players", OLGA | {field: value})
    assert (answer.status, answer.body["code"], list(answer.body["fields"])) == (400, "invalid", [field])
    assert (Player.objects.count(), Account.objects.count()) == (0, 0)


@pytest.mark.parametrize("field", ["user_id", "user_name", "country", "currencies"])
def test_a_missing_field_is_refused_by_its_name(site: Caller, field: str) -> None:
    body = {name: value for name, value in OLGA.items() if name != field}
    answer = site.post("players", body)
    assert (answer.status, answer.body["fields"]) == (400, {field: "This field is required."})
    assert Player.objects.count() == 0


def test_an_unknown_player_is_answered_404(site: Caller) -> None:
    answer = site.get("players/nobody")
    assert (answer.status, answer.body) == (
        404,
        {
            "code": "unknown_player",
            "detail": "The casino has no player “nobody”.",
            "fields": {"user_id": "There is no such player."},
        },
    )


def test_a_player_is_blocked_and_unblocked_with_a_reason(site: Caller, casino: Casino) -> None:
    make_player(casino)
    refused = site.post("players/olga/block", {"reason": "  "})
    assert (refused.status, list(refused.body["fields"])) == (400, ["reason"])
    assert not Player.objects.get().is_blocked

    blocked = site.post("players/olga/block", {"reason": "Chargeback"})
    assert (blocked.status, blocked.body["blocked"]) == (200, True)
    player = Player.objects.get()
    assert (player.blocked_by, player.blocked_reason) == (site.by, "Chargeback")
    assert "Chargeback" not in str(site.get("players/olga").body)

    unblocked = site.post("players/olga/unblock", {"reason": "Paid"})
    assert (unblocked.status, unblocked.body["blocked"], unblocked.body["blocked_at"]) == (200, False, None)
    assert not Player.objects.get().is_blocked


def pay(site: Caller, number: int, currency: str) -> None:
    cash = {"amount": f"{number}.00", "currency": currency, "reference": f"pay-{number}"}
    assert site.post("players/olga/deposits", cash).status == 201


def test_transactions_are_listed_from_the_newest(site: Caller, casino: Casino) -> None:
    make_player(casino)
    pay(site, 10, "EUR")
    site.post("players/olga/withdrawals", {"amount": "2.5", "currency": "EUR", "reference": "out-1"})
    answer = site.get("players/olga/transactions")
    assert (answer.status, answer.body["next"]) == (200, None)
    newest, oldest = answer.body["results"]
    row = LedgerRow.objects.get(number=2)
    assert newest == {
        "transaction_id": row.transaction_id,
        "at": row.created_at.isoformat().replace("+00:00", "Z"),
        "kind": "withdrawal",
        "reference": "out-1",
        "reverses": None,
        "currency": "EUR",
        "amount": "-2.50",
        "balance": "7.50",
        "operator_id": None,
        "game_id": None,
        "round_id": None,
    }
    assert (oldest["kind"], oldest["amount"], oldest["balance"]) == ("deposit", "10.00", "10.00")


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 12, 500])
def test_transactions_of_all_accounts_come_page_by_page(site: Caller, casino: Casino, limit: int) -> None:
    make_player(casino, currencies=["EUR", "USD", "SEK"])
    for number in range(1, 13):
        pay(site, number, "EUR" if number % 3 else "USD")
    path, pages = f"players/olga/transactions?limit={limit}", []
    while path:
        answer = site.get(path)
        pages.append([row["reference"] for row in answer.body["results"]])
        path = answer.body["next"]
    assert [reference for page in pages for reference in page] == [f"pay-{number}" for number in range(12, 0, -1)]
    assert {len(page) for page in pages[:-1]} <= {limit}
    dollars = site.get("players/olga/transactions?currency=USD").body["results"]
    assert [row["reference"] for row in dollars] == ["pay-12", "pay-9", "pay-6", "pay-3"]


def test_a_page_of_transactions_takes_few_queries(site: Caller, casino: Casino, django_assert_num_queries: Any) -> None:
    make_player(casino)
    for number in range(1, 30):
        pay(site, number, "EUR")
    with django_assert_num_queries(4):  # the key, the player, the accounts, the rows
        assert len(site.get("players/olga/transactions").body["results"]) == 29


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=many", "limit"),
        ("cursor=abc", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=eyI5OTk5OTk5OSI6MX0", "cursor"),
        ("cursor=W10", "cursor"),
        ("currency=eur", "currency"),
        ("currency=a%00", "currency"),
    ],
)
def test_a_malformed_query_is_refused_by_its_name(site: Caller, casino: Casino, query: str, field: str) -> None:
    make_player(casino)
    answer = site.get(f"players/olga/transactions?{query}")
    assert (answer.status, answer.body["code"], list(answer.body["fields"])) == (400, "invalid", [field])


def test_a_player_without_transactions_has_an_empty_page(site: Caller, casino: Casino) -> None:
    make_player(casino)
    assert site.get("players/olga/transactions").body == {"results": [], "next": None}
