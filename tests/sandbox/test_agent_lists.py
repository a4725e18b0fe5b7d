from collections import Counter
from typing import Any

import pytest

from tests.sandbox.agent_caller import AgentCaller
from tests.sandbox.platform_process import PlatformProcess

pytestmark = pytest.mark.live


def list_games(agent: AgentCaller, **fields: object) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = agent.call("games", **fields)["items"]
    return items


def test_game_of_the_document_is_listed_as_there(agent: AgentCaller) -> None:
    [game] = list_games(agent, query="evolution_00325", providerId="evolution")
    assert type(game.pop("activePlayers")) is int
    restricted = "DZ AO BO BG BF CM CI CD HT KE LA LB MC MZ NA NP NG SS SY ZA VE VN VG YE"
    assert game == {
        "id": "evolution_00325",
        "name": "XXXtreme Lightning Baccarat",
        "logoUrl": f"{agent.platform.url}/agent/logos/games/evolution_00325.svg",
        "category": {"id": "live_casino", "label": "Live Casino"},
        "hasFreeRound": True,
        "rtp": "0",
        "provider": {
            "id": "evolution",
            "name": "Evolution (new)",
            "restrictedCountries": restricted.split(),
            "prohibitedCountries": ["AU", "CU", "IR", "KP", "SS", "SD", "SY", "TW", "UA-43", "MM"],
        },
    }


def test_there_are_400_games_of_12_providers_in_7_categories(agent: AgentCaller) -> None:
    games = list_games(agent)
    assert len({game["id"] for game in games}) == len(games) == 400
    assert Counter(game["category"]["id"] for game in games) == {
        "slot": 246,
        "live_casino": 72,
        "sport": 6,
        "table": 32,
        "fishing": 14,
        "instant": 18,
        "lottery": 12,
    }
    assert Counter(game["provider"]["id"] for game in games) == {
        "pg": 72,
        "pp": 66,
        "sbo": 14,
        "evolution": 40,
        "habanero": 48,
        "ae": 16,
        "kirana": 36,
        "tidepool": 14,
        "quickfuse": 18,
        "lottolane": 12,
        "brindlebay": 40,
        "cardhall": 24,
    }


def test_some_rtps_are_unknown_and_some_games_have_no_free_rounds(agent: AgentCaller) -> None:
    games = list_games(agent)
    assert Counter(game["hasFreeRound"] for game in games) == {True: 231, False: 169}
    assert Counter(game["rtp"] == "0" for game in games if game["category"]["id"] == "slot") == {False: 223, True: 23}
    assert {game["rtp"] for game in games if game["category"]["id"] != "slot"} == {"0"}
    assert next(game["rtp"] for game in games if game["id"] == "pg_00001") == "95.07"


def test_countries_overlap_for_some_providers_and_name_regions(agent: AgentCaller) -> None:
    providers = {game["provider"]["id"]: game["provider"] for game in list_games(agent)}
    both = {name: {*each["restrictedCountries"]} & {*each["prohibitedCountries"]} for name, each in providers.items()}
    assert {name: codes for name, codes in both.items() if codes} == {
        "evolution": {"SS", "SY"},
        "kirana": {"MY"},
        "brindlebay": {"NL"},
    }
    regions = {code for each in providers.values() for code in each["prohibitedCountries"] if "-" in code}
    assert regions == {"US-NV", "US-NJ", "UA-43", "UA-14", "ID-AC"}


def test_active_players_change_from_call_to_call(agent: AgentCaller) -> None:
    first, second = ([game.pop("activePlayers") for game in games] for games in (list_games(agent), list_games(agent)))
    assert first != second
    assert min(*first, *second) == 0


def test_games_are_found_by_id_name_and_provider(agent: AgentCaller) -> None:
    assert [game["id"] for game in list_games(agent, query="leprechaun RICHES")] == ["pg_00001"]
    assert [game["id"] for game in list_games(agent, query="", providerId="sbo")][::6] == [
        "sbo_00001",
        "sbo_00103",
        "sbo_00205",
    ]
    assert list_games(agent, query="pg_00001", providerId="pp") == []
    assert len(list_games(agent, query=None, providerId=None)) == 400
    assert agent.refuse("games", providerId="nobody") == "AGENT_PROVIDER_NOT_FOUND"
    assert agent.refuse("games", query=7) == "INVALID_PARAMETER"


def find_provider(agent: AgentCaller, provider_id: str, **fields: object) -> dict[str, Any]:
    items: list[dict[str, Any]] = agent.call("providers", **fields)["items"]
    return next(item for item in items if item["id"] == provider_id)


def test_provider_without_bet_limits_does_not_name_them(agent: AgentCaller) -> None:
    assert find_provider(agent, "pg") == {
        "id": "pg",
        "name": "Pocket Games Soft",
        "logoUrl": f"{agent.platform.url}/agent/logos/providers/pg.svg",
        "active": True,
        "online": True,
        "categories": [{"id": "slot", "label": "Slot"}],
    }


def test_provider_with_bet_limits_has_them_by_category(agent: AgentCaller) -> None:
    live, slot, sport = find_provider(agent, "sbo")["categories"]
    assert live == {
        "id": "live_casino",
        "label": "Live Casino",
        "betLimits": [
            {"id": "1", "label": "Low", "isDefault": True, "info": {}},
            {"id": "2", "label": "Medium", "isDefault": False, "info": {}},
            {"id": "3", "label": "High", "isDefault": False, "info": {}},
            {"id": "4", "label": "VIP", "isDefault": False, "info": {}},
        ],
    }
    assert slot == {"id": "slot", "label": "Slot", "betLimits": []}
    assert sport["betLimits"][1] == {
        "id": "100002",
        "label": "10,000 - 100,000 (max per match 500,000)",
        "isDefault": False,
        "info": {"min": 10000, "max": 100000, "maxPerMatch": 500000},
    }


def test_bet_limits_are_those_of_the_currency(agent: AgentCaller) -> None:
    sport = find_provider(agent, "sbo", agentSystemCurrency="THB")["categories"][2]
    assert sport["betLimits"][0]["label"] == "50 - 2,500,000 (max per match 10,000,000)"
    assert agent.refuse("providers", agentSystemCurrency="XXX") == "CURRENCY_NOT_SUPPORTED"


def test_one_provider_is_not_configured_and_one_not_reachable(agent: AgentCaller) -> None:
    items = agent.call("providers")["items"]
    assert len(items) == 12
    assert [item["id"] for item in items if not item["active"]] == ["cardhall"]
    assert [item["id"] for item in items if not item["online"]] == ["lottolane"]


@pytest.mark.parametrize("path", ["games/pg_00001", "games/evolution_00325", "providers/pg", "providers/kirana"])
def test_logos_are_drawn(platform: PlatformProcess, path: str) -> None:
    answer = platform.get(f"/agent/logos/{path}.svg")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.text.startswith("<svg ")


def test_games_are_removed_renamed_and_come_back(agent: AgentCaller) -> None:
    agent.control("catalogue", remove=["pg_00002", "pg_00003"], rename={"pg_00004": "Another Name"})
    changed = agent.control("catalogue", restore=["pg_00003"], rtp={"pg_00004": "96.10", "pg_00005": "0"})
    assert changed == agent.platform.get("/control/agent/catalogue").json()
    assert changed == {
        "removed": ["pg_00002"],
        "renamed": {"pg_00004": "Another Name"},
        "rtp": {"pg_00004": "96.10", "pg_00005": "0"},
        "countries": {},
        "providers": {},
        "added": 0,
    }
    games = {game["id"]: game for game in list_games(agent, providerId="pg")}
    assert "pg_00002" not in games
    assert len(games) == 71
    assert (games["pg_00004"]["name"], games["pg_00004"]["rtp"]) == ("Another Name", "96.10")
    assert games["pg_00005"]["rtp"] == "0"
    agent.control("catalogue", reset=True)
    assert len(list_games(agent, providerId="pg")) == 72


def test_countries_and_standing_of_a_provider_change(agent: AgentCaller) -> None:
    agent.control("catalogue", countries={"ae": {"restricted": ["PL"]}}, providers={"ae": {"online": False}})
    provider = list_games(agent, providerId="ae")[0]["provider"]
    assert (provider["restrictedCountries"], provider["prohibitedCountries"]) == (["PL"], ["SG", "TW"])
    ae = find_provider(agent, "ae")
    assert (ae["active"], ae["online"]) == (True, False)


def test_games_are_added_and_can_be_renamed(agent: AgentCaller) -> None:
    agent.control("catalogue", add=2)
    agent.control("catalogue", add=1, rename={"brindlebay_09003": "The Third"})
    games = list_games(agent)
    assert [game["id"] for game in games[400:]] == ["brindlebay_09001", "brindlebay_09002", "brindlebay_09003"]
    assert games[402]["name"] == "The Third"


@pytest.mark.parametrize(
    "order", [{"remove": ["pg_99999"]}, {"rename": {"x": "y"}}, {"countries": {"x": {}}}, {"providers": {"x": {}}}]
)
def test_what_is_not_in_the_catalogue_cannot_be_changed(platform: PlatformProcess, order: dict[str, object]) -> None:
    answer = platform.post("/control/agent/catalogue", order)
    assert answer.status_code == 400
    assert answer.json()["title"] == "Not here"
