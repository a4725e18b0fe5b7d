"""What we say to a platform of document 000, and what we make of its lists."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from operators.platforms.base import Http, Malformed, PlatformFailure
from operators.platforms.hizi import Client, Config, sign, write_timestamp
from operators.platforms.hizi.catalogue import (
    parse_currency_list,
    parse_game_configuration,
    parse_game_list,
    read_currency,
    read_game,
)
from operators.platforms.listings import Currency, Game, GameConfiguration, Vendor
from tests.operators.platform_stub import Answer, Stub

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
STAMP = "2026-11-20T12:00:00.000Z"
# Each made with: printf '%s' TEXT | openssl dgst -sha256 -hmac secret_key -binary | base64
KNOWN = {
    f"lucky7#{STAMP}": "czQyR9TNYDP5ER6NI0Eu5LKucyAgfVsI1jG0DXHkPOY=",
    f"secret_key#lucky7#{STAMP}": "+vCHlZw1ahab4XKKNXY1GjLMoyjVPzH5vSBM2ELDpsQ=",
    f"lucky7#{STAMP}#game-bells#EUR": "eJVWqExqzizypIKau5v4qMIG7w+I8Ks4foqatMz/BDM=",
    f"secret_key#lucky7#{STAMP}#game-bells#EUR": "l1yAM/j813/L9Oxfd4BF8MZjKokuCJ6frqvg24FE7d8=",
}
# The document's sample, in JSON.
BELLS: dict[str, Any] = {
    "config": {
        "stakes": [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000],
        "currency": "EUR",
        "currencyMultiplier": 1,
        "expectedRtp": Decimal("96.19"),
        "oneHundredXOdds": 5522,
        "maxWinOdds": 103680,
        "maxPayout": 1000,
        "maxPayoutOdds": 2488327800,
        "maxExposure": 10000000,
        "calculatedMaxExposure": 10000000,
        "operator": "internal_testoperator",
    },
    "gameCode": "game-bells",
}


def config_of(stub: Stub, **more: Any) -> Config:
    http = Http(private_hosts_allowed=True, backoff_seconds=0.01)
    return replace(Config(f"{stub.url}/", "lucky7", "secret_key", http, clock=lambda: NOON), **more)


def client_of(stub: Stub, **more: Any) -> Client:
    return Client(config_of(stub, **more), lambda _: None)


def list_rows(answer: Any) -> list[Game | None]:
    return [read_game(text) for text in parse_game_list(answer)]


def configuration_with(**facts: Any) -> GameConfiguration:
    return parse_game_configuration({**BELLS, "config": BELLS["config"] | facts}, "game-bells", "EUR")


@pytest.mark.parametrize(("text", "signature"), KNOWN.items())
def test_signature_is_an_hmac_of_the_fields_in_base64(text: str, signature: str) -> None:
    assert sign(text.split("#"), "secret_key") == signature


@pytest.mark.parametrize(("first", "text"), [(False, f"lucky7#{STAMP}"), (True, f"secret_key#lucky7#{STAMP}")])
def test_a_list_is_asked_for_with_the_timestamp_that_is_signed(stub: Stub, first: bool, text: str) -> None:
    stub.lay_json("/backoffice/getCurrencyList", {"currencyList": {}})
    client_of(stub, secret_is_first_field=first).list_currencies()
    ((path, headers, _),) = stub.asked
    assert (path, headers["X-H-AUTH-ID"]) == ("/backoffice/getCurrencyList", "lucky7")
    assert (headers["X-H-TIMESTAMP"], headers["X-H-AUTH-SIG"]) == (STAMP, KNOWN[text])


@pytest.mark.parametrize(
    ("first", "text"),
    [(False, f"lucky7#{STAMP}#game-bells#EUR"), (True, f"secret_key#lucky7#{STAMP}#game-bells#EUR")],
)
def test_a_configuration_is_asked_for_with_game_and_currency_signed(stub: Stub, first: bool, text: str) -> None:
    stub.lay("/backoffice/getGameConfiguration", Answer(body=b'{"config": {"stakes": []}}'))
    client_of(stub, secret_is_first_field=first).get_game_configuration("game-bells", "EUR")
    ((path, headers, _),) = stub.asked
    assert path == "/backoffice/getGameConfiguration?gameCode=game-bells&currency=EUR"
    assert headers["X-H-AUTH-SIG"] == KNOWN[text]


def test_codes_are_percent_encoded_in_the_address_and_signed_as_they_are(stub: Stub) -> None:
    stub.lay("/backoffice/getGameConfiguration", Answer(body=b'{"config": {"stakes": []}}'))
    client_of(stub).get_game_configuration("a&b c", "EUR")
    ((path, headers, _),) = stub.asked
    assert path == "/backoffice/getGameConfiguration?gameCode=a%26b%20c&currency=EUR"
    assert headers["X-H-AUTH-SIG"] == sign(["lucky7", STAMP, "a&b c", "EUR"], "secret_key")


def test_a_timestamp_is_the_calls_own(stub: Stub) -> None:
    times = iter([NOON, NOON + timedelta(minutes=9)])
    stub.lay_json("/backoffice/getCurrencyList", {"currencyList": {}})
    client = client_of(stub, clock=lambda: next(times))
    client.list_currencies()
    client.list_currencies()
    assert [headers["X-H-TIMESTAMP"] for _, headers, _ in stub.asked] == [STAMP, "2026-11-20T12:09:00.000Z"]


def test_a_timestamp_is_written_in_utc_with_milliseconds() -> None:
    at = datetime(2026, 11, 20, 13, 0, 0, 98765, tzinfo=timezone(timedelta(hours=1)))
    assert write_timestamp(at) == "2026-11-20T12:00:00.098Z"


def test_a_configuration_shows_no_secret(stub: Stub) -> None:
    assert "secret_key" not in repr(config_of(stub))


def test_the_documents_own_games_are_read(stub: Stub) -> None:
    stub.lay_json(
        "/backoffice/getGameList",
        {
            "gameList": {
                "27ac1acbefb9496baec0192289f144b9": "Testgame 1",
                "7ca75731adea48b08cec72f0aac04d62": "Testgame 2",
            },
            "extendedGameList": {
                "0220f223d0754509bb2ad025d0efd719": {
                    "name": "fbc207ffee11469a8010f7a6be00160f",
                    "studio": "hizi.io Games",
                }
            },
        },
    )
    listing = client_of(stub).list_games()
    assert listing.stable
    assert [listing.read(text) for text in listing.texts] == [
        Game("27ac1acbefb9496baec0192289f144b9", "Testgame 1"),
        Game("7ca75731adea48b08cec72f0aac04d62", "Testgame 2"),
        Game(
            "0220f223d0754509bb2ad025d0efd719",
            "fbc207ffee11469a8010f7a6be00160f",
            Vendor("hizi.io Games", "hizi.io Games"),
        ),
    ]


def test_a_game_on_both_lists_is_one_and_the_extended_list_wins() -> None:
    both = {
        "gameList": {"game-bells": "Old Bells", "a1": "Only old"},
        "extendedGameList": {"game-bells": {"name": "Bells", "studio": "Brass"}, "b2": {"name": "Only new"}},
    }
    assert list_rows(both) == [
        Game("game-bells", "Bells", Vendor("Brass", "Brass")),
        Game("a1", "Only old"),
        Game("b2", "Only new"),
    ]


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ({"gameList": {"a1": "Old"}}, "Old"),
        ({"extendedGameList": {"a1": {"name": "New"}}}, "New"),
        ({"gameList": {"a1": "Old"}, "extendedGameList": {"a1": {"studio": "Brass"}}}, "Old"),
        ({"gameList": {"a1": "Old"}, "extendedGameList": None}, "Old"),
        ({"extendedGameList": {"a1": "Bare"}}, "Bare"),
        ({"extendedGameList": {"a1": {}}}, ""),
    ],
)
def test_either_list_and_any_fact_but_the_code_may_be_missing(answer: Any, title: str) -> None:
    (game,) = list_rows(answer)
    assert game is not None
    assert (game.game_ref, game.title) == ("a1", title)


def test_a_row_is_the_same_text_whatever_order_its_facts_come_in_and_keeps_what_we_do_not_know() -> None:
    (text,) = parse_game_list({"extendedGameList": {"a1": {"studio": "Brass", "name": "Bells", "jackpot": 1}}})
    (again,) = parse_game_list({"extendedGameList": {"a1": {"jackpot": 1, "name": "Bells", "studio": "Brass"}}})
    assert text == again == b'{"gameCode":"a1","jackpot":1,"name":"Bells","studio":"Brass"}'


@pytest.mark.parametrize(
    "listed", [{"a|b": "Bells"}, {"": "Bells"}, {"x" * 128: "Bells"}, {"a1": 5}, {"a1": ["Bells"]}, {"a1": None}]
)
def test_a_game_whose_code_or_name_is_none_is_not_read(listed: Any) -> None:
    assert list_rows({"gameList": listed, "extendedGameList": {"good": {}}}) == [None, Game("good")]


def test_a_studio_that_is_no_text_makes_a_game_unreadable() -> None:
    listed = {"a1": {"name": "Bells", "studio": 5}, "good": {}}
    assert list_rows({"extendedGameList": listed}) == [None, Game("good")]


def test_a_list_of_which_nothing_can_be_read_is_malformed() -> None:
    with pytest.raises(Malformed):
        parse_game_list({"gameList": {"a1": 5, "a2": None}})
    with pytest.raises(Malformed):
        parse_currency_list({"currencyList": {"EUR": [1]}})


@pytest.mark.parametrize("answer", [None, [], {}, {"gameList": [], "extendedGameList": "none"}])
def test_an_answer_without_a_list_of_games_is_malformed(answer: Any) -> None:
    with pytest.raises(Malformed):
        parse_game_list(answer)


def test_the_documents_own_currencies_are_read(stub: Stub) -> None:
    stub.lay_json("/backoffice/getCurrencyList", {"currencyList": {"EUR": 1, "PLN": 5}})
    listing = client_of(stub).list_currencies()
    read = [listing.read(text) for text in listing.texts]
    assert read == [Currency("EUR", Decimal(1)), Currency("PLN", Decimal(5))]


@pytest.mark.parametrize(
    ("code", "multiplier"),
    [("", 1), ("EU|R", 1), ("THIRTEENCHARS", 1), ("EUR", 0), ("EUR", -1), ("EUR", "many"), ("EUR", None), ("EUR", [1])],
)
def test_a_currency_without_a_usable_code_or_multiplier_is_not_read(code: str, multiplier: Any) -> None:
    texts = parse_currency_list({"currencyList": {code: multiplier, "PLN": 5}})
    assert [read_currency(text) for text in texts] == [None, Currency("PLN", Decimal(5))]


def test_a_multiplier_may_be_a_text_or_a_fraction() -> None:
    texts = parse_currency_list({"currencyList": {"GOLD": "100", "BTC": Decimal("0.001")}})
    assert [read_currency(text) for text in texts] == [
        Currency("GOLD", Decimal(100)),
        Currency("BTC", Decimal("0.001")),
    ]


@pytest.mark.parametrize("answer", [None, {}, {"currencyList": ["EUR"]}])
def test_an_answer_without_a_list_of_currencies_is_malformed(answer: Any) -> None:
    with pytest.raises(Malformed):
        parse_currency_list(answer)


def test_the_documents_own_configuration_is_read_with_its_figures_exact(stub: Stub) -> None:
    body = (
        b'{"config": {"stakes": [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000], "currency": "EUR",'
        b' "currencyMultiplier": 1, "expectedRtp": 96.19, "oneHundredXOdds": 5522, "maxWinOdds": 103680,'
        b' "maxPayout": 1000, "maxPayoutOdds": 2488327800, "maxExposure": 10000000,'
        b' "calculatedMaxExposure": 10000000, "operator": "internal_testoperator"}, "gameCode": "game-bells"}'
    )
    stub.lay("/backoffice/getGameConfiguration", Answer(body=body))
    read = client_of(stub).get_game_configuration("game-bells", "EUR")
    assert replace(read, raw="") == GameConfiguration(
        game_ref="game-bells",
        currency_code="EUR",
        stakes=(10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000),
        currency_multiplier=Decimal(1),
        expected_rtp=Decimal("96.19"),
        one_hundred_x_odds=Decimal(5522),
        max_win_odds=Decimal(103680),
        max_payout=Decimal(1000),
        max_payout_odds=Decimal(2488327800),
        max_exposure=Decimal(10000000),
        calculated_max_exposure=Decimal(10000000),
    )
    assert '"expectedRtp":96.19' in read.raw
    assert '"operator":"internal_testoperator"' in read.raw


def test_the_payout_is_in_multiples_of_the_stake_which_is_in_minor_units() -> None:
    read = configuration_with()
    assert read.max_payout is not None
    assert read.stakes[-1] * read.max_payout == read.calculated_max_exposure == 10_000_000


def test_figures_may_be_missing_and_come_as_texts() -> None:
    read = parse_game_configuration({"config": {"stakes": ["10", 20], "expectedRtp": "96.19"}}, "a1", "PLN")
    assert replace(read, raw="") == GameConfiguration("a1", "PLN", (10, 20), expected_rtp=Decimal("96.19"))


@pytest.mark.parametrize(
    "stakes", [None, 10, "10", [0], [-1], ["ten"], [Decimal("1.5")], [True], {"0": 10}, [2**63], [10**39]]
)
def test_stakes_that_are_no_minor_units_are_malformed(stakes: Any) -> None:
    with pytest.raises(Malformed):
        configuration_with(stakes=stakes)


@pytest.mark.parametrize(
    "facts",
    [{"maxExposure": "much"}, {"maxPayout": [1]}, {"maxWinOdds": 10**26}, {"expectedRtp": 1000}, {"currency": "PLN"}],
)
def test_figures_that_mean_nothing_and_another_currencys_are_malformed(facts: Any) -> None:
    with pytest.raises(Malformed):
        configuration_with(**facts)


@pytest.mark.parametrize("answer", [None, [], {}, {"config": None}, BELLS | {"gameCode": "game-plums"}])
def test_no_configuration_and_another_games_are_malformed(answer: Any) -> None:
    with pytest.raises(Malformed):
        parse_game_configuration(answer, "game-bells", "EUR")


@pytest.mark.parametrize("status", [200, 400, 403, 404, 500])
def test_an_error_code_is_told_whatever_the_status_is(stub: Stub, status: int) -> None:
    stub.lay("/backoffice/getCurrencyList", Answer(status, b'{"errorCode": "UNKNOWN_OPERATOR", "currencyList": {}}'))
    with pytest.raises(PlatformFailure) as failure:
        client_of(stub).list_currencies()
    told = (failure.value.code, failure.value.http_status, failure.value.permanent)
    assert told == ("UNKNOWN_OPERATOR", status, status != 500)
    assert len(stub.asked) == (3 if status == 500 else 1)


@pytest.mark.parametrize("nothing", ['null', '""', 'false'])  # fmt: skip
def test_an_error_code_that_says_nothing_is_none(stub: Stub, nothing: str) -> None:
    stub.lay("/backoffice/getCurrencyList", Answer(body=f'{{"errorCode": {nothing}, "currencyList": {{}}}}'.encode()))
    assert client_of(stub).list_currencies().texts == []


def test_the_documents_samples_are_no_json_and_are_not_read_as_such(stub: Stub) -> None:
    stub.lay("/backoffice/getCurrencyList", Answer(body=b"{ currencyList: { 'EUR': 1, 'PLN': 5 } }"))
    with pytest.raises(Malformed):
        client_of(stub).list_currencies()
