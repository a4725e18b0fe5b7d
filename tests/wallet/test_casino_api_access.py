"""Who may call the casino API: the key, its scopes, its addresses, its casino."""

from typing import Any

import pytest

from operators.models import ApiKey
from operators.services import revoke_api_key
from tests.operators.making import NOW, STAFF, make_casino, make_game, make_operator, make_player
from tests.wallet.casino_caller import LAUNCH, Caller, call_for
from wallet.models import Account, Player, Session, Transaction

pytestmark = pytest.mark.django_db

CASH = {"amount": "10.00", "currency": "EUR", "reference": "pay-1"}
NEW_PLAYER = {"user_id": "piet", "user_name": "Piet", "country": "NL", "currencies": ["EUR"]}
GETS = ["players/olga", "players/olga/transactions", "games", "lobbies"]
POSTS: dict[str, Any] = {
    "players": NEW_PLAYER,
    "players/olga/block": {"reason": "Chargeback"},
    "players/olga/unblock": {"reason": "Paid"},
    "players/olga/deposits": CASH,
    "players/olga/withdrawals": CASH,
    "launch": LAUNCH,
}
EVERYTHING = [("GET", path) for path in GETS] + [("POST", path) for path in POSTS]


@pytest.fixture
def site() -> Caller:
    """A casino with a player, an operator and a game, and its key for everything."""
    casino = make_casino()
    make_player(casino)
    make_game(make_operator(casino, operator_ref="lucky"))
    return call_for(casino)


def key_of(caller: Caller) -> ApiKey:
    return ApiKey.objects.get(prefix=caller.by.removeprefix("api-key:"))


def moved() -> tuple[int, int, int, int]:
    blocked = Player.objects.filter(blocked_at__isnull=False).count()
    return Player.objects.count(), blocked, Transaction.objects.count(), Session.objects.count()


def call(caller: Caller, method: str, path: str) -> Any:
    return caller.get(path) if method == "GET" else caller.post(path, POSTS[path])


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_a_stranger_may_do_nothing(site: Caller, method: str, path: str) -> None:
    before = moved()
    site.key = ""
    answer = call(site, method, path)
    detail = "Authentication credentials were not provided."
    assert (answer.status, answer.body) == (401, {"code": "not_authenticated", "detail": detail, "fields": {}})
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert moved() == before


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_a_wrong_key_may_do_nothing(site: Caller, method: str, path: str) -> None:
    before = moved()
    site.key = site.key[:-1] + ("A" if site.key[-1] != "A" else "B")
    answer = call(site, method, path)
    assert (answer.status, answer.body["code"]) == (401, "authentication_failed")
    assert (answer.headers["WWW-Authenticate"], moved()) == ("Bearer", before)


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer ", "nonsense", "Bearer ключ"])
def test_a_malformed_authorization_is_refused(site: Caller, header: str) -> None:
    site.key = ""
    answer = site.get("games", Authorization=header)
    assert (answer.status, answer.body["code"]) == (401, "authentication_failed")


def test_the_schemes_name_may_be_written_small(site: Caller) -> None:
    key, site.key = site.key, ""
    assert site.get("games", Authorization=f"bearer {key}").status == 200


def test_a_revoked_key_may_do_nothing(site: Caller) -> None:
    assert site.get("games").status == 200
    revoke_api_key(api_key=key_of(site), by=STAFF, now=NOW)
    assert site.get("games").status == 401


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("read", {"players/olga", "players/olga/transactions", "games", "lobbies"}),
        ("launch", {"players", "players/olga/block", "players/olga/unblock", "launch"}),
        ("cashier", {"players", "players/olga/deposits", "players/olga/withdrawals"}),
    ],
)
def test_a_key_may_do_what_its_scope_says(site: Caller, scope: str, allowed: set[str]) -> None:
    caller = call_for(key_of(site).casino, scopes=(scope,))
    answers = {path: call(caller, method, path) for method, path in EVERYTHING}
    refused = {path for path, answer in answers.items() if answer.status == 403}
    assert refused == {path for _, path in EVERYTHING} - allowed
    assert {answers[path].body["code"] for path in refused} == {"scope_missing"}


def test_a_head_needs_what_a_get_needs(site: Caller) -> None:
    cashier = call_for(key_of(site).casino, scopes=("cashier",))
    assert (site.send("HEAD", "players/olga").status, cashier.send("HEAD", "players/olga").status) == (200, 403)


def test_a_refused_scope_moves_nothing(site: Caller) -> None:
    before = moved()
    reader = call_for(key_of(site).casino, scopes=("read",))
    assert {reader.post(path, body).status for path, body in POSTS.items()} == {403}
    assert moved() == before


def test_a_key_with_an_address_list_is_refused_from_elsewhere(site: Caller) -> None:
    caller = call_for(key_of(site).casino, ip_allow_list=("192.0.2.0/24",))
    answer = caller.get("games")
    assert (answer.status, answer.body["code"]) == (403, "address_not_allowed")
    # The client says so itself: nobody vouches for it.
    assert caller.get("games", X_Forwarded_For="192.0.2.7").status == 403
    assert call_for(key_of(site).casino, ip_allow_list=("127.0.0.0/8",)).get("games").status == 200


def test_the_callers_address_is_read_behind_trusted_proxies(site: Caller, settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    caller = call_for(key_of(site).casino, ip_allow_list=("192.0.2.0/24",))
    assert caller.get("games", X_Forwarded_For="198.51.100.1, 192.0.2.7").status == 200
    assert caller.get("games", X_Forwarded_For="192.0.2.7, 198.51.100.1").status == 403
    assert caller.get("games").status == 403


def test_another_casinos_rows_are_not_there(site: Caller) -> None:
    before = moved()
    stranger = call_for(make_casino())
    answers = {path: call(stranger, method, path) for method, path in EVERYTHING if path != "players"}
    assert {answers[path].status for path in answers if "players" in path or path == "launch"} == {404}
    assert {answers[path].body["code"] for path in answers if answers[path].status == 404} == {"unknown_player"}
    assert [answers[path].body["results"] for path in ("games", "lobbies")] == [[], []]
    assert (moved(), Account.objects.filter(casino=key_of(stranger).casino).count()) == (before, 0)
