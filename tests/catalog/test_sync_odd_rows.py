"""Rows that the catalogue cannot keep as they are: what can be kept is, the others spoil nothing."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection

from catalog.models import RunState
from operators.models import Casino, Operator
from tests.catalog.lists import Lists, found_by, sync
from tests.operators.making import make_operator
from tests.operators.platform_stub import Answer

pytestmark = pytest.mark.django_db

GAMES, CURRENCIES, CONFIGURATION = (
    f"/backoffice/get{name}" for name in ("GameList", "CurrencyList", "GameConfiguration")
)
Configure = Callable[[str, str], dict[str, Any]]


def configure(game_ref: str, currency_code: str) -> dict[str, Any]:
    return {"gameCode": game_ref, "config": {"currency": currency_code, "stakes": [10, 20], "expectedRtp": 96.5}}


class HiziLists:
    """What `hizi` lists, and how it answers each question for a game's configuration."""

    def __init__(self, lists: Lists) -> None:
        self.stub = lists.stub
        self.configure: Configure = configure
        self._take = lists.stub.take
        lists.stub.take = self.take  # type: ignore[method-assign]

    def lay(self, currencies: dict[str, Any], games: dict[str, str] | None = None) -> None:
        self.stub.lay_json(GAMES, {"gameList": games or {"g1": "Game 1", "g2": "Game 2"}})
        self.stub.lay_json(CURRENCIES, {"currencyList": currencies})

    def take(self, path: str) -> Answer:
        asked = urlsplit(path)
        if asked.path != CONFIGURATION:
            return self._take(path)
        question = dict(parse_qsl(asked.query))
        return Answer(body=json.dumps(self.configure(question["gameCode"], question["currency"])).encode())


@pytest.fixture
def hizi(lists: Lists) -> HiziLists:
    return HiziLists(lists)


@pytest.fixture
def hizi_operator(lists: Lists, casino: Casino) -> Operator:
    return make_operator(casino, protocol="hizi", api_host=lists.stub.url)


def check_keys() -> None:
    """Foreign keys are checked where a transaction ends; the test's own never does."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(("code", "multiplier"), [("XXX", 1e16), ("XXX", 1e-12), ("X X", 1)])
def test_a_currency_that_cannot_be_kept_is_not_asked_for(
    hizi: HiziLists, hizi_operator: Operator, code: str, multiplier: float
) -> None:
    hizi.lay({"EUR": 1, code: multiplier})
    run = sync(hizi_operator)
    check_keys()
    assert (run.state, run.counts["currency"]["unreadable"]) == (RunState.APPLIED, 1)
    assert list(hizi_operator.currencies.values_list("currency_id", flat=True)) == ["EUR"]
    assert (run.counts["configuration"]["added"], run.counts["configuration"]["fetched"]) == (2, 2)
    assert sync(hizi_operator).state == RunState.UNCHANGED


def test_what_is_wrong_with_a_configuration_names_the_game_and_the_currency(
    hizi: HiziLists, hizi_operator: Operator
) -> None:
    hizi.lay({"EUR": 1, "SEK": 10})
    wrong = {"gameCode": "g2", "config": {"currency": "SEK", "stakes": [1.5]}}
    hizi.configure = lambda *asked: wrong if asked == ("g2", "SEK") else configure(*asked)
    run = sync(hizi_operator)
    assert (run.state, run.error_code) == (RunState.FAILED, "BAD_REPLY")
    assert run.error.startswith("Fetching game configurations: g2 in SEK: “stakes” is not a list of whole minor units")


def test_a_platforms_error_code_is_written_down_whatever_is_in_it(hizi: HiziLists, hizi_operator: Operator) -> None:
    hizi.lay({"EUR": 1})
    hizi.stub.lay_json(GAMES, {"errorCode": "NO\0SUCH\nOPERATOR"})
    run = sync(hizi_operator)
    assert (run.state, run.error_code) == (RunState.FAILED, "NOSUCHOPERATOR")
    assert "\0" not in run.error
    hizi.lay({"EUR": 1})
    assert sync(hizi_operator).state == RunState.APPLIED


def test_an_address_longer_than_its_column_is_left_out(lists: Lists, casino: Casino) -> None:
    operator = make_operator(casino, protocol="agent", api_host=lists.stub.url)
    logos = {"v1": "https://m.example/" + "a" * 982, "v2": "https://m.example/" + "a" * 983}
    vendors = [{"id": ref, "name": ref, "logoUrl": logo} for ref, logo in logos.items()]
    games = [{"id": f"g{ref}", "name": "Game", "provider": {"id": ref}} for ref in logos]
    for path, listed in (("/games", games), ("/providers", vendors)):
        lists.stub.lay_json(path, {"ok": True, "result": {"items": listed}})
    run = sync(operator)
    assert (run.state, found_by(run)) == (RunState.APPLIED, {"added": 4})
    assert dict(operator.vendors.values_list("vendor_ref", "logo_url")) == {"v1": logos["v1"], "v2": ""}
    assert sync(operator).state == RunState.UNCHANGED
