"""Every JSON example of the vendor's document on operator settings: taken, or refused with what is said of it here."""

from collections.abc import Mapping
from typing import Any

import pytest

from operators.models import Operator, SettingsSecret
from operators.selectors.settings import get_settings_text
from operators.services.settings import SettingsRefused, read_settings, save_settings
from tests.operators.making import NOW, STAFF, make_casino, make_operator

pytestmark = pytest.mark.django_db

TAKEN = {
    "default profile": '{\n        "defaultProfile": "jurisdiction-de"\n}',
    "game settings": '{\n  "defaultSettings": {\n    "displayXRTP": false,\n    "gambleEnabled": false\n  }\n}',
    "demo settings": '{"demoSettings": {"displayCurrency": false}}',
    "maximum exposure": '{"defaultSettings": {"maxExposure": 25000000}}',
    "animation end": '{"defaultSettings": {"reportAnimationEnd": true}}',
    "a game's own": '{"defaultGameSpecificSettings": {"game-bells": {"gambleEnabled": true}}}',
    "age to close": '{"gameRoundAgeToCloseInMS": 21600000}',
    "delayed queue": '{"shouldWeDelay": true}',
    "unprocessed": '{"shouldWeDelayOnUnprocessedTransactions": true}',
    "intervals": (
        '{"delaySettings": {"shortRetryCount": 10, "longRetryTimeInMS": 3600000, "shortRetryTimeInMS": 60000}}'
    ),
    "greatest age": '{\n"maxGameRoundAge": 86400\n}',
    "closing state": '{"doNotUseClosingState": false}',
    "game modes": '{\n  "validGameModes": [\n    "DEMO"\n  ]\n}',
    "currencies": '{\n  "currenciesRestricted": [\n    "EUR",\n    "HUF"\n  ]\n}',
    "fixed currency": '{"useFixedCurrency": "COIN"}',
    "multipliers": '{"customCurrencyMultipliers": {"GBP": 2}}',
    "allowed games": '{"allowedGames": ["game-fruits"]}',
    "denied games": '{"deniedGames": ["game-fruits"]}',
    "custom stakes": '{"allowCustomStakes": true}',
    "social casino": (
        '{\n  "isSocial": true,\n  "defaultSettings": {\n    "maxExposure": 100000000000000000,\n'
        '    "displayCurrency": false\n  },\n  "useFixedCurrency": "COIN",\n  "allowCustomStakes": true\n}'
    ),
}
NATIVE = {
    "void debits": '{"voidAllDebits": true}',
    "split": '{"splitNativeDebitCreditEnd": true}',
    "serial": '{"addSerialToTransactions": true}',
}
LAUNCHER = "https://hoellefrontend.s3.eu-central-1.amazonaws.com/sgd-launcher/index.html"
LIGHT_AND_WONDER = (
    '"gameStudio": "265",\n  "licenseeId": "%s",\n  "gcmLauncher": "' + LAUNCHER + '",\n'
    '  "incomingAccount": {"passWord": "***", "userName": "***"},\n'
    '  "outgoingAccount": {"passWord": "***", "userName": "***"}'
)
ACCOUNTS = ("/incomingAccount/passWord", "/outgoingAccount/passWord")
# The protocol type, its example without the braces, and the secrets that it shows masked.
TYPED = {
    "PARIPLAY_EVI": (2, '"account": {"Password": "******", "Username": "******"}', ("/account/Password",)),
    "LOTTOLAND_OMNI": (4, '"reconToken": "*****"', ("/reconToken",)),
    "ISOFTBET_PACIFIC": (5, '"licenseeId": "isb-licenseeid", "sharedSecret": "*******"', ("/sharedSecret",)),
    "EVERYMATRIX_ENGINE": (6, '"sharedSecret": "******"', ("/sharedSecret",)),
    "RELAX": (
        7,
        (
            '"platform": "dev",\n        "gameStudio": "hoelle",\n"gameStudioFullName": "Hölle Games",\n'
            '        "licenseeId": "relax-partnerid",\n'
            '        "incomingAccount": {"passWord": "password", "userName": "username"}'
        ),
        (),
    ),
    "GAMANZA": (8, '"sharedSecret": "******"', ("/sharedSecret",)),
    "SOFTSWISS": (10, '"licenseeId": "softswiss-casino_id", "sharedSecret": "*******"', ("/sharedSecret",)),
    "Light & Wonder": (12, LIGHT_AND_WONDER % "ogs-5", ACCOUNTS),
    "Light & Wonder, default": (12, LIGHT_AND_WONDER % "ogs-default", ACCOUNTS),
}


@pytest.fixture
def operator() -> Operator:
    return make_operator(make_casino())


def save(operator: Operator, text: str) -> list[str]:
    """Save, and return the warnings."""
    version = save_settings(operator=operator, text=text, reason="", by=STAFF, now=NOW)
    return [warning["problem"] for warning in version.warnings]


def refusal_of(operator: Operator, text: str) -> SettingsRefused:
    with pytest.raises(SettingsRefused) as refused:
        save(operator, text)
    return refused.value


def give_secrets(operator: Operator, paths: tuple[str, ...]) -> None:
    SettingsSecret.objects.bulk_create(SettingsSecret(operator=operator, path=path, secret="kept") for path in paths)


@pytest.mark.parametrize("name", TAKEN)
def test_an_example_for_all_protocol_types_is_taken_as_it_stands(operator: Operator, name: str) -> None:
    assert save(operator, TAKEN[name]) == []
    assert get_settings_text(operator) == TAKEN[name]


def test_the_examples_can_be_combined(operator: Operator) -> None:
    names = ("default profile", "animation end", "intervals", "currencies", "denied games")
    whole = ",".join(TAKEN[name].strip()[1:-1] for name in names)
    assert save(operator, f"{{{whole}}}") == []
    operator.refresh_from_db()
    assert list(read_settings(operator=operator, text=get_settings_text(operator)).value) == [
        "defaultProfile",
        "defaultSettings",
        "delaySettings",
        "currenciesRestricted",
        "deniedGames",
    ]


@pytest.mark.parametrize("name", NATIVE)
def test_a_native_flag_is_taken_and_warned_of_elsewhere(operator: Operator, name: str) -> None:
    flag = NATIVE[name].split('"')[1]
    assert save(operator, NATIVE[name]) == [f"{flag} acts only with protocol type 1 (Native)."]
    assert save(operator, '{"protocolType": 1, ' + NATIVE[name][1:]) == []


@pytest.mark.parametrize("name", TYPED)
def test_an_example_of_one_type_is_taken_where_its_masked_secrets_are_kept(operator: Operator, name: str) -> None:
    number, members, masked = TYPED[name]
    text = f'{{"protocolType": {number}, {members}}}'
    if masked:
        refused = refusal_of(operator, text)
        assert [fault.problem.split(" is masked")[1] for fault in refused.faults] == [
            ", but no secret is kept there."
        ] * len(masked)
    give_secrets(operator, masked)
    warnings = save(operator, text)
    assert warnings == (
        ["No operator has the licensee id ogs-default, to which calls without an operator fall."]
        if name == "Light & Wonder"
        else []
    )
    kept = SettingsSecret.objects.filter(operator=operator).order_by("path")
    assert [row.secret for row in kept] == (["kept"] * len(masked) or ["password"])


@pytest.mark.parametrize("name", TYPED)
def test_an_example_of_one_type_without_the_type_is_warned_of_key_by_key(operator: Operator, name: str) -> None:
    _, members, masked = TYPED[name]
    give_secrets(operator, masked)
    warnings = save(operator, f"{{{members}}}")
    assert warnings
    assert all("acts only with protocol type" in warning for warning in warnings)


def test_isoftbets_other_prefix_is_taken_with_a_warning(operator: Operator) -> None:
    give_secrets(operator, ("/sharedSecret",))
    text = (
        '{\n  "protocolType": 5,\n  "licenseeId": "isbaws2-134",\n  "sharedSecret": "******",\n  "delaySettings": {\n'
        '    "shortRetryCount": 0,\n    "longRetryTimeInMS": 3600000,\n    "shortRetryTimeInMS": 60000\n  },\n'
        '  "doNotUseClosingState": true\n}'
    )
    assert save(operator, text) == ["The prefix isbaws2 has more than letters."]


def test_softswiss_flag_is_taken_beside_its_mandatory_keys_alone(operator: Operator) -> None:
    flag = '"softswissDisableUseBetWin": true'
    refused = refusal_of(operator, f'{{"protocolType": 10, {flag}}}')
    assert [fault.problem for fault in refused.faults] == ["licenseeId is missing.", "sharedSecret is missing."]
    give_secrets(operator, ("/sharedSecret",))
    assert save(operator, f'{{"protocolType": 10, {TYPED["SOFTSWISS"][1]}, {flag}}}') == []
    assert save(operator, f"{{{flag}}}") == ["softswissDisableUseBetWin acts only with protocol type 10 (SOFTSWISS)."]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            '{\n "protocolType": 22,\n  "apiKey": "",\n  "licenseeId": "soft2bet-licenseeid",\n  "sharedSecret": ""\n}',
            [
                "Line 3, column 13: apiKey is empty. Write it between the quotation marks, as it was given.",
                "Line 5, column 19: sharedSecret is empty. Write it between the quotation marks, as it was given.",
            ],
        ),
        (
            '{\n  "protocolType": 24,\n  "licenseeId": "betconstruct-licenseeid",\n  "sharedSecret": ""\n}',
            ["Line 4, column 19: sharedSecret is empty. Write it between the quotation marks, as it was given."],
        ),
    ],
)
def test_an_example_with_empty_secrets_is_refused_until_they_are_typed(
    operator: Operator, text: str, problems: list[str]
) -> None:
    assert [str(fault) for fault in refusal_of(operator, text).faults] == problems
    assert save(operator, text.replace('""', '"typed"')) == []


def test_the_example_of_custom_currencies_has_a_comma_too_many(operator: Operator) -> None:
    text = '{\n"customCurrencies": {\n                "GOLD": 500,\n                "SILV": 1000,\n        }\n}'
    refused = refusal_of(operator, text)
    assert [str(fault) for fault in refused.faults] == [
        "Line 4, column 29: Nothing follows this comma but }. Take the last comma away."
    ]
    assert refused.proposal == text.replace("1000,", "1000")
    assert save(operator, refused.proposal) == []


def test_examples_that_stand_under_each_other_are_proposed_as_one(operator: Operator) -> None:
    refused = refusal_of(operator, f"{TAKEN['delayed queue']}\n\n{TAKEN['greatest age']}")
    assert str(refused) == (
        "Line 3, column 1: The text goes on after its end. Keep one object: put everything between one pair of { }."
    )
    assert refused.proposal is not None
    assert value_of(operator, refused.proposal) == {"shouldWeDelay": True, "maxGameRoundAge": 86400}


GEO_RULES = {
    "white list": '{"whiteList":["DE","AT","CH"],"allowedIPList":["172.16.16.0/24"]}',
    "curly": '{\n      “blackList”: ["CA-ON"],\n}',
}


def test_rules_of_places_are_no_operator_settings(operator: Operator) -> None:
    refused = refusal_of(operator, GEO_RULES["white list"])
    assert [fault.problem for fault in refused.faults] == [
        "There is no option whiteList.",
        "There is no option allowedIPList.",
    ]
    refused = refusal_of(operator, GEO_RULES["curly"])
    assert str(refused) == 'Line 2, column 7: “ is a typographic quotation mark. Use the straight one: ".'
    assert refused.proposal == '{\n      "blackList": ["CA-ON"]\n}'


def value_of(operator: Operator, text: str) -> Mapping[str, Any]:
    return read_settings(operator=operator, text=text).value
