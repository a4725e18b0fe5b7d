"""The schemas of operator settings: every option described, every fault with a remedy, oddities warned of."""

import json
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from operators.schemas import (
    PROTOCOL_TYPES,
    TEMPLATES,
    Fault,
    Level,
    Option,
    check_settings,
    combine_schema,
    describe_value,
    find_option,
    is_dangerous,
    is_secret,
    list_options,
)

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "operator-settings.md"
NATIVE = {"protocolType": 1}


def errors(settings: Any) -> list[tuple[str, str]]:
    return [(fault.problem, fault.remedy) for fault in check_settings(settings) if fault.level is Level.ERROR]


def warnings(settings: Any) -> list[tuple[str, str]]:
    assert errors(settings) == []
    return [(fault.problem, fault.remedy) for fault in check_settings(settings)]


def option(*path: str | int) -> Option:
    found = find_option(path)
    assert found is not None
    return found


@pytest.mark.parametrize("protocol_type", [None, *PROTOCOL_TYPES])
def test_each_protocol_types_schema_is_a_json_schema(protocol_type: int | None) -> None:
    Draft202012Validator.check_schema(combine_schema(protocol_type))


def test_the_protocol_types_are_those_of_the_document() -> None:
    assert list(PROTOCOL_TYPES) == [1, 2, 4, 5, 6, 7, 8, 10, 12, 22, 24]


def test_every_option_says_where_it_acts_and_what_it_does() -> None:
    for each in list_options():
        assert each.acts in {"at launch", "on rounds", "on calls", "on the platform's side"}
        assert each.help.endswith("."), each.name


def test_numbers_have_a_unit() -> None:
    assert [each.name for each in list_options() if each.schema.get("type") == "integer" and not each.unit] == [
        "protocolType"
    ]


@pytest.mark.parametrize(
    ("path", "value", "meaning"),
    [
        (("defaultSettings", "maxExposure"), "25000000", "250,000.00 EUR"),
        (("defaultSettings", "maxExposure"), 100000000000000000, "1,000,000,000,000,000.00 EUR"),
        (("defaultGameSpecificSettings", "game-bells", "maxExposure"), 25000001, "250,000.01 EUR"),
        (("gameRoundAgeToCloseInMS",), 21600000, "6 h"),
        (("delaySettings", "shortRetryTimeInMS"), 90500, "1 min 30.5 s"),
        (("maxGameRoundAge",), 86400, "1 d"),
        (("maxGameRoundAge",), 0, "0 s"),
        (("customCurrencies", "GOLD"), 500, "times 500"),
        (("defaultSettings", "customStakes"), [10, 250], "0.10, 2.50"),
        (("allowCustomStakes",), True, "on"),
        (("isSocial",), False, "off"),
        (("delaySettings", "shortRetryCount"), 10, ""),
        (("defaultProfile",), "jurisdiction-de", ""),
        (("gameRoundAgeToCloseInMS",), Decimal("0.5"), "0.0005 s"),
        (("gameRoundAgeToCloseInMS",), 86400000 * 10**70, f"1{'0' * 70} d"),
        (("maxGameRoundAge",), Decimal("1e100"), f"{10**100 // 86400} d 17 h 46 min 40 s"),
        (("defaultSettings", "maxExposure"), 10**40 + 1, f"{10**38:,}.01 EUR"),
    ],
)
def test_a_value_says_what_it_means(path: tuple[str, ...], value: Any, meaning: str) -> None:
    assert describe_value(option(*path), value) == meaning


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ([], ("The whole is of another kind.", "Write an object: { … }.")),
        (
            {"maxgameroundage": 1},
            ("There is no option maxgameroundage.", "Did you mean maxGameRoundAge?"),
        ),
        (
            {"colour": "red"},
            ("There is no option colour.", "Take it away; the table of options names all there are."),
        ),
        (
            {"defaultSettings": {"maxExposure": "25000000"}},
            ("defaultSettings.maxExposure is of another kind.", "Write a whole number, without quotation marks."),
        ),
        (
            {"defaultSettings": {"maxExposure": 10**17 + 1}},
            (
                "defaultSettings.maxExposure is more than 100,000,000,000,000,000.",
                "Write 100000000000000000 or less.",
            ),
        ),
        ({"customCurrencies": {"GOLD": 0}}, ("customCurrencies.GOLD is less than 1.", "Write 1 or more.")),
        (
            {"customCurrencies": {"GOLD": Decimal("1.5")}},
            ("customCurrencies.GOLD is of another kind.", "Write a whole number, without quotation marks."),
        ),
        (
            {"customCurrencies": {"GOLDEN": 5}},
            ("“GOLDEN” is not a currency of three or four capital letters or digits.", "Change the key."),
        ),
        ({"validGameModes": ["FUN"]}, ("validGameModes[0] cannot be FUN.", "Choose one of: DEMO, REAL.")),
        ({"validGameModes": []}, ("validGameModes is an empty list.", "Name at least one, or take the key away.")),
        ({"allowedGames": ["a", "a"]}, ("allowedGames names something twice.", "Name each once.")),
        (
            {"useFixedCurrency": "coins"},
            ("useFixedCurrency cannot be “coins”.", "Write a currency of three or four capital letters or digits."),
        ),
        (
            {"useFixedCurrency": "EUR\n"},
            ("useFixedCurrency cannot be “EUR\n”.", "Write a currency of three or four capital letters or digits."),
        ),
        ({"isSocial": "yes"}, ("isSocial is of another kind.", "Write true or false.")),
        ({"delaySettings": {"count": 1}}, ("There is no option delaySettings.count.",)),
        (
            {"protocolType": 3},
            ("protocolType cannot be 3.", "Choose one of: 1, 2, 4, 5, 6, 7, 8, 10, 12, 22, 24."),
        ),
        (
            {"protocolType": 6},
            ("sharedSecret is missing.", "Add it: protocol type 6 (EVERYMATRIX_ENGINE) cannot do without."),
        ),
        (
            {"protocolType": 2, "account": {"Username": "x"}},
            ("account.Password is missing.", "Add it: protocol type 2 (PARIPLAY_EVI) cannot do without."),
        ),
        (
            {"protocolType": 8, "sharedSecret": ""},
            ("sharedSecret is empty.", "Write it between the quotation marks, as it was given."),
        ),
        (
            {"protocolType": 10, "licenseeId": "casino", "sharedSecret": "x"},
            ("licenseeId does not begin with softswiss-.", "Put softswiss- before what you were given."),
        ),
        (
            {"defaultSettings": {"apiKey": {"a": 1}}},
            ("defaultSettings.apiKey is no text, but would be kept as a secret.", "Name the key otherwise."),
        ),
    ],
)
def test_what_is_wrong_is_refused_with_a_remedy(settings: Any, fault: tuple[str, ...]) -> None:
    (found,) = errors(settings)
    assert found[: len(fault)] == fault


def test_an_empty_object_is_nothing_wrong() -> None:
    assert check_settings({}) == []


@pytest.mark.parametrize(
    ("settings", "warning"),
    [
        (
            {"protocolType": 5, "licenseeId": "isbaws2-134", "sharedSecret": "x"},
            ("The prefix isbaws2 has more than letters.", "Compare it with the integrator's mail."),
        ),
        (
            {"protocolType": 24, "licenseeId": "betconstruct-", "sharedSecret": "x"},
            ("licenseeId has nothing behind its prefix.", "Write prefix, hyphen and id."),
        ),
        (
            {"voidAllDebits": True},
            (
                "voidAllDebits acts only with protocol type 1 (Native).",
                "Say which type this account has: protocolType.",
            ),
        ),
        (
            {"protocolType": 6, "sharedSecret": "x", "splitNativeDebitCreditEnd": True},
            ("splitNativeDebitCreditEnd acts only with protocol type 1 (Native).", "Take it away."),
        ),
        (
            {"allowedGames": ["a", "b"], "deniedGames": ["b"]},
            ("deniedGames beside allowedGames: denied wins. On both: b.", "One list is enough."),
        ),
        (
            {"useFixedCurrency": "COIN", "currenciesRestricted": ["EUR"]},
            (
                "useFixedCurrency is COIN, which currenciesRestricted leaves out: nothing can be launched.",
                "Add COIN to currenciesRestricted, or take that away.",
            ),
        ),
        (
            {"isSocial": True},
            (
                "isSocial without a currency of its own: only games for fun can be launched.",
                "Set useFixedCurrency or customCurrencies.",
            ),
        ),
        (
            {"restrictedCountriesAllowed": ["GB", "CA-QC", "XK", "UK"]},
            (
                "UK is no country or region of ISO 3166.",
                "It allows nothing. Write a code such as GB or CA-QC.",
            ),
        ),
        (
            {"maxGameRoundAge": 86400000},
            ("maxGameRoundAge counts seconds, and 86,400,000 looks like milliseconds.", "Check it."),
        ),
        (
            {"gameRoundAgeToCloseInMS": 21600},
            ("gameRoundAgeToCloseInMS counts milliseconds, and 21,600 looks like seconds.", "Check it."),
        ),
        (
            {"maxGameRoundAge": 24},
            ("maxGameRoundAge counts seconds, and 24 looks like hours.", "Check it."),
        ),
        (
            {"maxGameRoundAge": 0},
            (
                "maxGameRoundAge is 0: what waits is stranded at once, tried or not.",
                "Write 86400, as usual, or take it away.",
            ),
        ),
        (
            {"gameRoundAgeToCloseInMS": 0},
            (
                "gameRoundAgeToCloseInMS is 0: every round is too old at once, and is closed while it is being played.",
                "Write 21600000, as usual, or take it away.",
            ),
        ),
        (
            {"delaySettings": {"shortRetryCount": 0, "longRetryTimeInMS": 0}},
            (
                "delaySettings.longRetryTimeInMS is 0: it is tried again every second.",
                "Write 3600000, as usual, or take it away.",
            ),
        ),
        (
            {"demoSettings": {"maxExposure": 2500}},
            (
                "demoSettings.maxExposure counts minor units (cents), and 2,500 looks like whole euros.",
                "Check it.",
            ),
        ),
        (
            {"defaultGameSpecificSettings": {"game-bells": {"gambleenable": True}}},
            ("defaultGameSpecificSettings.game-bells.gambleenable is none we know.", "Did you mean gambleEnabled?"),
        ),
        (
            {"defaultSettings": {"customStakes": [10]}},
            ("customStakes count only with allowCustomStakes.", "Set allowCustomStakes to true."),
        ),
    ],
)
def test_what_is_odd_is_warned_of(settings: Any, warning: tuple[str, str]) -> None:
    assert warnings(settings) == [warning]


def test_light_and_wonders_studio_is_always_the_same() -> None:
    account = {"userName": "a", "passWord": "b"}
    settings = {
        "protocolType": 12,
        "licenseeId": "ogs-5",
        "gameStudio": "266",
        "gcmLauncher": "https://launcher.example/index.html",
        "incomingAccount": account,
        "outgoingAccount": account,
    }
    assert warnings(settings) == [("gameStudio is 265 in all cases known.", "Write “265”.")]
    assert warnings(settings | {"gameStudio": "265"}) == []


def test_unknown_game_settings_are_the_platforms_own_business() -> None:
    assert warnings({"defaultSettings": {"autoplayLimit": 100, "nested": {"a": [1]}}}) == []


def test_a_fault_points_at_its_value_or_at_its_key() -> None:
    (fault,) = check_settings({"delaySettings": {"x": 1}})
    assert fault == Fault(
        ("delaySettings", "x"),
        "There is no option delaySettings.x.",
        "Take it away; the table of options names all there are.",
        at_key=True,
    )


@pytest.mark.parametrize("path", [("sharedSecret",), ("account", "Password"), ("defaultSettings", "PASSWORD")])
def test_a_secret_is_known_by_its_key_wherever_it_stands(path: tuple[str, ...]) -> None:
    assert is_secret(path)
    assert not is_secret((*path, "inner"))


@pytest.mark.parametrize(
    ("path", "dangerous"),
    [
        (("defaultSettings", "maxExposure"), True),
        (("defaultGameSpecificSettings", "game-bells", "maxExposure"), True),
        (("currenciesRestricted", 0), True),
        (("customCurrencies", "GOLD"), True),
        (("deniedGames",), True),
        (("defaultSettings", "gambleEnabled"), False),
        (("delaySettings", "shortRetryCount"), False),
        (("sharedSecret",), False),
    ],
)
def test_what_may_lose_money_or_open_a_market_is_dangerous(path: tuple[str | int, ...], dangerous: bool) -> None:
    assert is_dangerous(path) is dangerous


def test_the_delayed_queue_is_on_by_default_for_four_types() -> None:
    (delay,) = [each for each in list_options() if each.name == "shouldWeDelay"]
    assert [number for number in PROTOCOL_TYPES if delay.default_for(number)] == [2, 4, 5, 6]
    assert delay.default_for(None) is False


def test_a_jackpots_win_is_taken_to_be_inside_the_wins() -> None:
    assert option("gmag", "jackpotWinInsideWins").default_for(None) is True


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_lacks_nothing_but_what_has_to_be_typed(name: str) -> None:
    problems = {problem.split(" ", 1)[1] for problem, _ in errors(TEMPLATES[name].settings)}
    assert problems <= {"is empty.", "cannot be “”."}


def test_the_social_casinos_template_can_be_saved_as_it_is() -> None:
    assert check_settings(TEMPLATES["social"].settings) == []


def test_the_table_in_the_documentation_is_the_schemas() -> None:
    assert DOCUMENT.read_text(encoding="utf-8").partition("<!-- options -->\n")[2] == write_table()


def write_table() -> str:
    """The table option by protocol type, as it stands in docs/; `python -m tests.operators.test_settings_schemas`."""
    columns = ["option", "unit", "default", "acts", *(str(number) for number in PROTOCOL_TYPES), "what it does"]
    merged: dict[tuple[str, str], tuple[Option, set[int]]] = {}
    for each in list_options():
        _, types = merged.setdefault((each.name, each.help), (each, set()))
        types |= set(each.protocols or PROTOCOL_TYPES)
    rows = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    rows += [_write_row(each, types) for each, types in merged.values()]
    return "\n".join(rows) + "\n"


def _write_row(each: Option, types: set[int]) -> str:
    default = each.default_for(None)
    shown = "" if default is None else f"`{json.dumps(default)}`"
    needed = [combine_schema(number)["required"] for number in PROTOCOL_TYPES]
    marks = [
        ("**yes**" if each.path[0] in names else "yes") if number in types else ""
        for number, names in zip(PROTOCOL_TYPES, needed, strict=True)
    ]
    name = f"`{each.name}`" + (" (secret)" if each.schema.get("x-secret") else "")
    acts = f"*acts {each.acts}*" if "platform" in each.acts else each.acts
    return "| " + " | ".join([name, each.unit, shown, acts, *marks, each.help]) + " |"


if __name__ == "__main__":
    head = DOCUMENT.read_text(encoding="utf-8").partition("<!-- options -->\n")[0]
    DOCUMENT.write_text(head + "<!-- options -->\n" + write_table(), encoding="utf-8")


def test_a_long_list_of_what_does_not_belong_there_is_refused_at_once() -> None:
    started = time.perf_counter()
    faults = errors({"deniedGames": [{"id": number} for number in range(3000)]})
    assert faults[0] == ("deniedGames[0] is of another kind.", "Write a text between quotation marks.")
    assert len(faults) == 3000
    assert time.perf_counter() - started < 4, "comparing each with each takes twelve seconds"
