"""What changed is kept as a history, each kind of change a row of its own."""

from typing import Any

import pytest

from catalog.models import Change, RunState
from operators.models import Casino, Operator
from tests.catalog.lists import LATER, Lists, changes_of, counted_writes, found_by, row, rows, sync
from tests.operators.making import make_game, make_operator

pytestmark = pytest.mark.django_db

GAMES, PROVIDERS = "/games", "/providers"


def vendor(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"v{number}", "name": f"Vendor {number}", "active": True, "online": True, **more}


def agent_game(number: int, **more: Any) -> dict[str, Any]:
    """A row of the aggregator's list, whose text is another each time."""
    return {"id": f"g{number}", "name": f"Game {number}", "rtp": "96.10", "activePlayers": number, **more}


class AgentLists:
    """The two lists of the aggregator."""

    def __init__(self, lists: Lists) -> None:
        self.stub = lists.stub

    def lay(self, games: list[dict[str, Any]], vendors: list[dict[str, Any]]) -> None:
        for path, rows_of in ((GAMES, games), (PROVIDERS, vendors)):
            self.stub.lay_json(path, {"ok": True, "result": {"items": rows_of}})


@pytest.fixture
def agent(lists: Lists) -> AgentLists:
    return AgentLists(lists)


@pytest.fixture
def agent_operator(lists: Lists, casino: Casino) -> Operator:
    return make_operator(casino, protocol="agent", api_host=lists.stub.url)


def test_what_is_new_is_noted_with_its_facts(lists: Lists, operator: Operator) -> None:
    lists.lay([row(1, fun_mode=1)], [{"lobby_id": "portomaso", "vendor": "northwind"}])
    run = sync(operator)
    noted = {(subject, ref): (kind, before, after) for subject, ref, kind, before, after in changes_of(run)}
    assert noted.keys() == {("game", "1"), ("lobby", "portomaso"), ("vendor", "northwind")}
    kind, before, after = noted["game", "1"]
    assert (kind, before, after["title"], after["vendor"], after["fun_mode"]) == (
        "new",
        {},
        "Game 1",
        "northwind",
        True,
    )
    assert noted["lobby", "portomaso"] == ("new", {}, {"vendor": "northwind"})
    change = Change.objects.get(run=run, subject="game")
    assert (change.title, change.at, change.operator_id) == ("Game 1", run.started_at, operator.pk)


def test_a_renamed_game_says_what_it_was_called(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay(rows(_2={"title": "Renamed"}))
    run = sync(operator, LATER)
    assert changes_of(run) == [("game", "2", "renamed", {"title": "Game 2"}, {"title": "Renamed"})]
    assert Change.objects.get(run=run).title == "Renamed"


def test_each_kind_of_change_of_one_game_is_found(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay(rows(_2={"title": "Renamed", "enabled": 0, "type": "live", "fun_mode": 1}))
    run = sync(operator)
    assert found_by(run) == {"changed": 1}
    assert changes_of(run) == [
        ("game", "2", "changed", {"fun_mode": False, "game_type": "slots"}, {"fun_mode": True, "game_type": "live"}),
        ("game", "2", "renamed", {"title": "Game 2"}, {"title": "Renamed"}),
        ("game", "2", "switched", {"platform_enabled": True}, {"platform_enabled": False}),
    ]


def test_a_game_that_goes_to_another_vendor_names_both(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay(rows(_2={"vendor": "southwind"}))
    changes = changes_of(sync(operator))
    assert changes[0] == ("game", "2", "changed", {"vendor": "northwind"}, {"vendor": "southwind"})
    assert [change[:3] for change in changes[1:]] == [("vendor", "southwind", "new")]


def test_what_goes_and_comes_back_is_noted_once_each(lists: Lists, operator: Operator) -> None:
    lists.lay(rows())
    sync(operator)
    lists.lay(rows(range(1, 10)))
    assert changes_of(sync(operator)) == [("game", "10", "gone", {}, {})]
    assert changes_of(sync(operator)) == []
    lists.lay(rows(_10={"title": "Renamed"}))
    assert changes_of(sync(operator)) == [
        ("game", "10", "back", {}, {}),
        ("game", "10", "renamed", {"title": "Game 10"}, {"title": "Renamed"}),
    ]


def test_a_resolved_game_is_not_called_renamed(lists: Lists, operator: Operator) -> None:
    make_game(operator, "7", listing="unmapped", vendor=None, title="")
    lists.lay([row(7)])
    of_game = [change[2] for change in changes_of(sync(operator)) if change[:2] == ("game", "7")]
    assert of_game == ["resolved"]


def test_rtp_and_countries_are_kinds_of_their_own(agent: AgentLists, agent_operator: Operator) -> None:
    vendors = [vendor(number) for number in range(1, 11)]
    agent.lay([agent_game(number, provider={"id": f"v{number}"}) for number in range(1, 11)], vendors)
    assert sync(agent_operator).state == RunState.APPLIED
    changed = {"provider": {"id": "v3", "restrictedCountries": ["UA-43", "UA"], "prohibitedCountries": ["US", "UA"]}}
    games = [agent_game(number, provider={"id": f"v{number}"}) for number in range(1, 11)]
    games[2] = agent_game(3, rtp="94.5", **changed)
    agent.lay(games, vendors)
    run = sync(agent_operator)
    assert changes_of(run) == [
        ("game", "g3", "rtp", {"rtp": 96.1}, {"rtp": 94.5}),
        (
            "vendor",
            "v3",
            "countries",
            {"prohibited_countries": [], "restricted_countries": []},
            {"prohibited_countries": ["UA", "US"], "restricted_countries": ["UA-43"]},
        ),
    ]


def test_a_vendor_off_line_is_switched_by_the_platform(agent: AgentLists, agent_operator: Operator) -> None:
    games = [agent_game(number, provider={"id": f"v{number}"}) for number in range(1, 11)]
    agent.lay(games, [vendor(number) for number in range(1, 11)])
    sync(agent_operator)
    agent.lay(games, [vendor(number, online=number != 4) for number in range(1, 11)])
    assert changes_of(sync(agent_operator)) == [("vendor", "v4", "switched", {"online": True}, {"online": False})]


def test_a_list_whose_texts_never_stay_the_same_writes_only_what_differs(
    agent: AgentLists, agent_operator: Operator
) -> None:
    vendors = [vendor(1)]
    agent.lay([agent_game(number, provider={"id": "v1"}) for number in range(1, 11)], vendors)
    sync(agent_operator)
    restless = [agent_game(number, provider={"id": "v1"}, activePlayers=900 + number) for number in range(1, 11)]
    agent.lay(restless, vendors)
    with counted_writes() as written:
        assert sync(agent_operator).state == RunState.UNCHANGED
    assert written == {"catalog_syncrun": 2}
    restless[4]["name"] = "Renamed"
    agent.lay(restless, vendors)
    with counted_writes() as written:
        assert sync(agent_operator).state == RunState.APPLIED
    assert written["catalog_game"] == written["catalog_change"] == 1


def test_numbers_beyond_the_columns_are_left_out(agent: AgentLists, agent_operator: Operator) -> None:
    endless = {"betLimits": [{"min": "1", "step": 10}], "odd": 1}
    agent.lay([agent_game(1, rtp="1000", provider={"id": "v1"})], [vendor(1, categories=[endless])])
    assert sync(agent_operator).state == RunState.APPLIED
    game = agent_operator.games.get()
    assert game.rtp is None
    assert sync(agent_operator).state == RunState.UNCHANGED
