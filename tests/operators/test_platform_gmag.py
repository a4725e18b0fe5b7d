"""What we say to a platform of document 003, and what we make of its rounds."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from operators.platforms.base import Http, Malformed, PlatformFailure
from operators.platforms.decoding import DECODER
from operators.platforms.gmag import Client, Config, ErrorCode, Filter, RefusedRow, Round, Window, sign, text_to_sign
from operators.platforms.gmag.rounds import parse_page, read_round
from tests.operators.gmag_client import EMPTY, EXAMPLE, HISTORY, ROW, WINDOW, client_of, config_of
from tests.operators.platform_stub import Answer, Stub


def read(**facts: Any) -> Round:
    row = read_round(ROW | facts)
    assert isinstance(row, Round), row
    return row


@pytest.mark.parametrize(
    ("fields", "text", "hashed"),
    [
        (
            {
                "requestId": "r1234",
                "brandId": "1001",
                "startTime": "2021-06-10 10:00:00",
                "endTime": "2021-06-10 10:05:00",
                "size": 1000,
                "page": 1,
            },
            "brandId=1001&endTime=2021-06-10 10:05:00&page=1&requestId=r1234&size=1000&startTime=2021-06-10 10:00:00",
            "0ed7cbec7c15d11d1592c8fc6b0225bc",
        ),
        (
            {"size": 5, "brandId": "1001", "gameCodes": ["ä/1", 'b"c']},
            'brandId=1001&gameCodes=["ä/1","b\\"c"]&size=5',
            "e231c7d73c995a2ccff06ef06a8b5367",
        ),
    ],
)
def test_hash_is_md5_of_the_sorted_fields_and_the_secret(fields: Any, text: str, hashed: str) -> None:
    # Made with: printf '%s' TEXTsecret_key | md5sum
    assert (text_to_sign(fields), sign(fields, "secret_key")) == (text, hashed)


def test_a_page_is_asked_for_by_a_post_with_its_hash_in_the_address(stub: Stub) -> None:
    stub.lay(HISTORY, Answer(body=EMPTY))
    client_of(stub).get_game_history(WINDOW)
    ((path, headers, _),) = stub.asked
    assert path == "/history/game?hash=f1fdcb2dc3b26a8640d2e4a88e7ca067"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(stub.bodies[0]) == {
        "requestId": "request1",
        "brandId": "1001",
        "startTime": "2026-11-20 11:00:00",
        "endTime": "2026-11-20 11:29:00",
        "size": 5000,
        "page": 1,
        "showAll": 0,
    }


def test_every_filter_is_sent_and_signed(stub: Stub) -> None:
    stub.lay(HISTORY, Answer(body=EMPTY))
    only = Filter(
        show_all=True,
        round_ref="r#1",
        player_ref="olga",
        provider_code="pt",
        currency="EUR",
        game_code="böhse/1",
    )
    client_of(stub).get_game_history(WINDOW, size=10_000, page=3, only=only)
    assert stub.asked[0][0] == "/history/game?hash=ca9885f17814371a3dc4cc1d21600c88"
    sent = json.loads(stub.bodies[0])
    assert (sent["size"], sent["page"], sent["showAll"], sent["gameCode"]) == (10_000, 3, 1, "böhse/1")
    assert (sent["roundId"], sent["playerId"], sent["providerCode"], sent["currency"]) == ("r#1", "olga", "pt", "EUR")


def test_the_hash_covers_the_bytes_that_are_sent(stub: Stub) -> None:
    stub.lay(HISTORY, Answer(body=EMPTY))
    config = replace(config_of(stub), make_request_ref=lambda: 'ä/"')
    Client(config, lambda _: None).get_game_history(WINDOW)
    assert '"requestId":"ä/\\""'.encode() in stub.bodies[0]
    fields = json.loads(stub.bodies[0])
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields)) + "secret_key"
    assert stub.asked[0][0] == f"/history/game?hash={hashlib.md5(text.encode()).hexdigest()}"  # noqa: S324


def test_what_there_is_nothing_to_say_of_is_not_sent(stub: Stub) -> None:
    stub.lay(HISTORY, Answer(body=EMPTY))
    client_of(stub).get_game_history(WINDOW, only=Filter(player_ref="olga"))
    sent = json.loads(stub.bodies[0])
    assert None not in sent.values()
    assert not {"roundId", "providerCode", "currency", "gameCode"} & set(sent)


def test_each_call_has_an_id_of_its_own(stub: Stub) -> None:
    stub.lay(HISTORY, Answer(body=EMPTY))
    client = Client(Config(stub.url, "1001", "secret_key", Http(private_hosts_allowed=True)), lambda _: None)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    past = Window(midnight - timedelta(minutes=5), midnight)
    client.get_game_history(past)
    client.get_game_history(past)
    first, second = (json.loads(body)["requestId"] for body in stub.bodies)
    assert first != second
    assert len(first) == len(second) == 32


def test_the_documents_own_rounds_are_read(stub: Stub) -> None:
    stub.lay(HISTORY, Answer(body=EXAMPLE))
    page = client_of(stub).get_game_history(WINDOW)
    assert (page.number, page.pages, page.total, page.size, page.refused) == (1, 1, 2, 5000, ())
    first, second = page.rounds
    assert replace(first, raw={}) == Round(
        brand_ref="1001",
        provider_code="pt",
        player_ref="palyerid1",
        round_ref="583067326075",
        session_ref="03d35793716348cabf5a202ef823a86f",
        game_code="bfb",
        game_type="slots",
        currency="CNY",
        platform="web",
        round_type="normal",
        round_status="end",
        bets=Decimal("5.0000"),
        wins=Decimal("10.0000"),
        cancels=Decimal("0.0000"),
        trans_in=Decimal("0.0000"),
        trans_out=Decimal("0.0000"),
        balance_end=Decimal("2652.0500"),
        bonus_balance_end=Decimal("0.0000"),
        rake=Decimal("0.0000"),
        jackpot_contribution=Decimal("0.1235"),
        jackpot_win=Decimal("5.0000"),
        jackpot_details=[{"id": "123124", "contribution": Decimal("0.12345"), "win": Decimal("0.12345")}],
        started_at=datetime(2021, 8, 11, 15, 48, 23, 745000, tzinfo=UTC),
        ended_at=datetime(2021, 8, 11, 15, 48, 24, 38000, tzinfo=UTC),
        created_at=datetime(2021, 8, 11, 15, 48, 24, 38000, tzinfo=UTC),
        detail_url="https://extstg3-cashier01.ptstaging.eu/getgamehistory.php?ThisIsJustAutomatedTestDataOK",
        additional_data=None,
        raw={},
    )
    assert (second.round_ref, second.jackpot_details) == ("398521759399", None)
    assert first.raw["balanceEnd"] == Decimal("2652.0500")


def test_the_documents_own_error_is_told(stub: Stub) -> None:
    stub.lay(HISTORY, Answer(body=b'{"requestId": "requestId1234", "error": "P_02", "message": "Invalid hash"}'))
    with pytest.raises(PlatformFailure) as failure:
        client_of(stub).get_game_history(WINDOW)
    told = (failure.value.code, failure.value.detail, failure.value.permanent)
    assert told == (ErrorCode.HASH, "Invalid hash", True)
    assert len(stub.asked) == 1


def test_amounts_keep_their_digits_and_never_become_floats() -> None:
    body = b'{"error":0,"total":1,"pages":1,"size":1,"records":[%s]}' % json.dumps(
        ROW | {"bets": "B", "wins": "W"}, default=str
    ).encode().replace(b'"B"', b"0.1000").replace(b'"W"', b"123456789012.3456")
    (row,) = parse_page(DECODER.decode(body), 1).rounds
    assert (str(row.bets), str(row.wins)) == ("0.1000", "123456789012.3456")


@pytest.mark.parametrize("success", ['"0"', "0", "null"])
def test_success_is_zero_as_a_number_or_a_text(stub: Stub, success: str) -> None:
    stub.lay(HISTORY, Answer(body=EMPTY.replace(b'"0"', success.encode())))
    assert client_of(stub).get_game_history(WINDOW).is_empty


@pytest.mark.parametrize(
    ("code", "told", "permanent"),
    [("P_00", "P_00", False), ("P_03", "P_03", True), ("P_99", "P_99", True), (7, "7", True)],
)
def test_errors_are_told_by_their_code_and_only_a_server_fault_may_pass(
    stub: Stub, code: Any, told: str, permanent: bool
) -> None:
    stub.lay_json(HISTORY, {"error": code, "message": "No"})
    with pytest.raises(PlatformFailure) as failure:
        client_of(stub).get_game_history(WINDOW)
    assert (failure.value.code, failure.value.detail, failure.value.permanent) == (told, "No", permanent)
    assert len(stub.asked) == (1 if permanent else 3)


def test_an_error_code_is_told_with_another_status_too(stub: Stub) -> None:
    stub.lay(HISTORY, Answer(403, b'{"error": "P_02"}'))
    with pytest.raises(PlatformFailure) as failure:
        client_of(stub).get_game_history(WINDOW)
    assert (failure.value.code, failure.value.http_status) == ("P_02", 403)
    assert failure.value.detail == "the platform gave no reason"


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"records": {}},
        {"records": [], "pages": 1, "total": 0},
        {"records": [], "pages": "some", "total": 0, "size": 1},
        {"records": [], "pages": 1, "total": -1, "size": 1},
        {"records": [], "pages": 1, "total": 10**39, "size": 1},
    ],
)
def test_an_answer_that_is_no_page_is_malformed(answer: Any) -> None:
    with pytest.raises(Malformed):
        parse_page(answer, 1)


def test_a_round_is_known_by_brand_provider_player_and_round() -> None:
    assert read().key == ("1001", "pt", "palyerid1", "583067326075")
    assert read(brandId="1001", roundId=583067326075).key == read().key
    assert read(playerId="other").key != read().key


@pytest.mark.parametrize("name", ["roundId", "gameCode"])
def test_ids_may_be_as_long_as_the_longer_of_the_documents_lengths(name: str) -> None:
    assert read(**{name: "x" * 127}).raw[name] == "x" * 127
    assert isinstance(read_round(ROW | {name: "x" * 128}), RefusedRow)


def test_optional_facts_may_be_missing() -> None:
    needed = ("brandId", "playerId", "providerCode", "roundId", "gameCode", "currency", "bets", "wins", "endTime")
    row = read_round({name: ROW[name] for name in needed})
    assert isinstance(row, Round)
    assert (row.cancels, row.balance_end, row.jackpot_win, row.started_at) == (Decimal(0), None, None, None)
    assert (row.platform, row.detail_url) == ("", "")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"brandId": None}, "“brandId” is not an id"),
        ({"playerId": ""}, "“playerId” is not an id"),
        ({"providerCode": ["pt"]}, "“providerCode” is not an id"),
        ({"roundId": "a|b"}, "“roundId” is not an id"),
        ({"currency": None}, "“currency” is not an id"),
        ({"endTime": "yesterday"}, "“endTime” is not a time"),
        ({"bets": None}, "“bets” is missing"),
        ({"wins": "many"}, "“wins” is not an amount"),
        ({"rake": True}, "“rake” is not an amount"),
        ({"bets": Decimal("0.00001")}, "“bets” has more digits than an amount may have"),
        ({"wins": Decimal(1000000000000)}, "“wins” has more digits than an amount may have"),
        ({"wins": Decimal("1e39")}, "“wins” has more digits than an amount may have"),
    ],
)
def test_a_row_that_cannot_be_booked_is_set_aside_with_the_reason(facts: Any, reason: str) -> None:
    row = ROW | facts
    assert read_round(row) == RefusedRow(reason, row)


def test_a_row_that_is_no_object_is_set_aside() -> None:
    assert read_round(5) == RefusedRow("it is not an object", 5)


def test_noughts_behind_the_fourth_decimal_change_nothing() -> None:
    assert read(bets="5.000000").bets == 5


@pytest.mark.parametrize(
    "text", ["2021-08-11 15:48:24.038", "2021-08-11T15:48:24.038Z", "2021-08-11T17:48:24.038+02:00"]
)
def test_times_are_gmt_with_milliseconds(text: str) -> None:
    assert read(endTime=text).ended_at == datetime(2021, 8, 11, 15, 48, 24, 38000, tzinfo=UTC)


@pytest.mark.parametrize("details", [None, "", "free words", "[1]", [], {"id": 1}, [{"id": "x"}], [5], 7])
def test_jackpot_details_are_any_json_and_kept_as_they_came(details: Any) -> None:
    row = read(jpDetails=details)
    assert (row.jackpot_details, row.jackpot_differs) == (details, False)


@pytest.mark.parametrize(
    ("contribution", "parts", "differs"),
    [
        ("0.1235", ["0.12345"], False),
        ("0.1234", ["0.12345"], False),
        ("0.1235", ["0.06175", "0.06175"], False),
        ("0.1235", ["0.12361"], True),
        ("0.1235", ["0.12345", "0.00020"], True),
        ("0.0000", ["0.00010"], False),
    ],
)
def test_a_contribution_may_differ_from_its_details_by_rounding(
    contribution: str, parts: list[str], differs: bool
) -> None:
    details = [{"id": "1", "contribution": Decimal(part)} for part in parts]
    row = read(jpc=Decimal(contribution), jpDetails=details)
    assert row.jackpot_differs is differs
    assert read(jpc=Decimal(contribution), jpDetails=json.dumps(details, default=str)).jackpot_differs is differs
    assert read(jpc=None, jpDetails=details).jackpot_differs is False


def test_details_with_a_number_beyond_all_numbers_are_only_kept() -> None:
    text = '[{"contribution": 1e99999999999999999999}]'
    assert (read(jpDetails=text).jackpot_details, read(jpDetails=text).jackpot_differs) == (text, False)


def test_details_that_nest_too_deep_are_only_kept() -> None:
    assert read(jpDetails="[" * 100_000).jackpot_differs is False


def test_revenue_is_bets_less_wins_and_cancels() -> None:
    row = read(bets=Decimal("20.0000"), wins=Decimal("7.5000"), cancels=Decimal("2.0000"), jpw=Decimal("5.0000"))
    assert row.sum_gross_gaming_revenue() == Decimal("10.5000")


def test_a_jackpot_win_outside_the_wins_is_taken_off_where_the_account_says_so() -> None:
    row = read(bets=Decimal("20.0000"), wins=Decimal("7.5000"), cancels=Decimal("2.0000"), jpw=Decimal("5.0000"))
    assert row.sum_gross_gaming_revenue(jackpot_win_inside_wins=False) == Decimal("5.5000")
    assert read(jpw=None).sum_gross_gaming_revenue(jackpot_win_inside_wins=False) == Decimal("-5.0000")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://a.example/", 5, None])
def test_a_detail_address_that_is_none_of_the_web_is_left_out(address: Any) -> None:
    assert read(detailUrl=address).detail_url == ""


def test_a_configuration_shows_no_secret(stub: Stub) -> None:
    assert "secret_key" not in repr(config_of(stub))
