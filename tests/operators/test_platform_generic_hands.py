"""What we make of document 001's hand histories."""

from decimal import Decimal

import pytest

from operators.platforms.base import Http, PlatformFailure
from operators.platforms.generic import Client, Config, HandHistory, HandHistoryKind, parse_hand_history
from tests.operators.platform_stub import Answer, Stub

HISTORY = "/api/generic/handHistory"


def client_of(stub: Stub, history_host: str = "") -> Client:
    http = Http(private_hosts_allowed=True, backoff_seconds=0.01)
    host = "http://127.0.0.1:9" if history_host else stub.url
    return Client(Config(host, "examplecasino", "secret_key", http, history_host), lambda _: None)


def test_the_documents_own_link_to_a_hand_history_is_read(stub: Stub) -> None:
    address = (
        "https://backstaging.the-rgs.com/rounds/CG-1133856/eyJ0eXAiOiJKV10LCJhbGciOiJIUzI1NiJ9"
        "eyJyb3VuZF9pZCI6IkNHLTEzMzM4NTYifQ.8ZNfw5x7-j0YRzxX5h8xRmaIloq0FY7DmuP9KH2ia4"
    )
    text = f'{{\n    "success": true,\n    "type": "url",\n    "data": "{address}"\n}}'
    stub.lay(f"{HISTORY}/111/350-a1Basdf", Answer(body=text.encode()))
    found = client_of(stub, stub.url).hand_history("111", "350-a1Basdf", "evolution")
    assert found == HandHistory(HandHistoryKind.URL, text, address=address)
    ((path, headers, _),) = stub.asked
    assert path == f"{HISTORY}/111/350-a1Basdf"
    assert (headers["X-Vendor-Id"], headers["X-Authorization"]) == (
        "evolution",
        "be01abfdcadd2f286f5649c5ede9d02f106b2a3b",
    )


# The document's hand history has come apart at a page's end: as it is printed, it is not JSON.
PRINTED_HAND = """{
    "success": true,
    "data": {
        "id": "1682880c76095f979a63d0b4",
        "startedAt": "2021-05-26T05:53:22.908Z",
        "settledAt": "2021-05-26T05:53:44.151Z",
        "status": "Resolved",
        "gameType": "baccarat",
        "table": {
            "id": "oytmvb9m1zysmc44",
            "name": "DNT Baccarat A (851)"
        },
        "dealer": {
            "uid": "tts0r7r_____",
            "name": "ROB_279"
        },
        "result": {
            "banker": {
                "score": 9,
                "hand": [1, 10]
            },
            "player": {
                "score": 10,
                "hand": [10, 1]
            }
        }
    }
}

        "cards": [
            "4D",
            "5S"
        ],
    },
    "player": {
        "score": 9,
        "cards": [
            "2C",
            "7H"
        ]
    },
    "outcome": "Tie"
},
"participants": [
{
    "casinoId": "xxx0001",
    "playerId": "1503",
    "screenName": "rtest01",
    "sessionId": "pgttgek4lqqqa5j2168288072f825469ec65e43e",
    "casinoSessionId": "ampleRkj7meIpT0k7MHYc6nTH1622008378",
    "currency": "KRW",
    "bets": [
        {
            "code": "BAC_Player",
            "stake": 3000,
            "payout": 3000,
            "placedOn": "2021-05-26T05:53:41.453Z",
            "description": "Player",
            "transactionId": "621498377245476221"
        }
    ],
    "configOverlays": [],
    "playMode": "RealMoney",
    "channel": "desktop",
    "os": "Windows",
    "device": "Desktop"
}
]
},
"type": "json"
}"""


def test_the_documents_own_hand_history_is_shown_as_it_is_printed(stub: Stub) -> None:
    stub.lay(f"{HISTORY}/111/350-a1Basdf", Answer(body=PRINTED_HAND.encode()))
    found = client_of(stub).hand_history("111", "350-a1Basdf", "evolution")
    assert found == HandHistory(HandHistoryKind.RAW, PRINTED_HAND)


def test_a_hand_history_in_json_is_an_object_with_exact_numbers() -> None:
    text = (
        '{"success": true, "data": {"id": "1682880c76095f979a63d0b4", "startedAt": "2021-05-26T05:53:22.908Z",'
        ' "result": {"banker": {"score": 9, "cards": ["4D", "5S"]}, "outcome": "Tie"},'
        ' "participants": [{"currency": "KRW", "bets": [{"code": "BAC_Player", "stake": 3000.10}]}]}, "type": "json"}'
    )
    found = parse_hand_history(bytearray(text, "utf-8"))
    assert (found.kind, found.text, found.address) == (HandHistoryKind.JSON, text, "")
    assert found.data["result"] == {"banker": {"score": 9, "cards": ["4D", "5S"]}, "outcome": "Tie"}
    assert found.data["participants"][0]["bets"][0]["stake"] == Decimal("3000.10")


MALFORMED = [
    "",
    "no such round",
    "<html>gone</html>",
    "[1, 2]",
    '{"success": true, "type": "json", "data": "text"}',
    '{"success": true, "type": "json"}',
    '{"success": false, "type": "json", "data": {"id": 1}}',
    '{"success": true, "type": "url", "data": "javascript:alert(1)"}',
    '{"success": true, "type": "url", "data": {"href": "https://a.example"}}',
    '{"success": true, "type": "video", "data": "https://a.example"}',
    '{"success": true, "data": {"id": 1',
]


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_hand_history_is_its_raw_text(text: str) -> None:
    assert parse_hand_history(bytearray(text, "utf-8")) == HandHistory(HandHistoryKind.RAW, text)


def test_a_hand_history_that_is_no_text_is_shown_as_far_as_it_is() -> None:
    assert parse_hand_history(bytearray(b"caf\xe9")) == HandHistory(HandHistoryKind.RAW, "caf\ufffd")


def test_ids_in_the_path_are_percent_encoded(stub: Stub) -> None:
    stub.lay(f"{HISTORY}/1%2F2/a%20b%3Fc%23", Answer(body=b"{}"))
    client_of(stub).hand_history("1/2", "a b?c#", "evolution")
    assert stub.asked[0][0] == f"{HISTORY}/1%2F2/a%20b%3Fc%23"


@pytest.mark.parametrize("history_id", ["", ".", ".."])
def test_an_id_that_would_lead_to_another_call_is_not_asked_for(stub: Stub, history_id: str) -> None:
    with pytest.raises(PlatformFailure) as failure:
        client_of(stub).hand_history("111", history_id, "evolution")
    assert (failure.value.code, failure.value.permanent, stub.asked) == ("BAD_REQUEST", True, [])


def test_the_histories_have_a_host_of_their_own_where_one_is_named(stub: Stub) -> None:
    stub.lay(f"{HISTORY}/1/a", Answer(body=b"{}"))
    assert client_of(stub, stub.url + "/").hand_history("1", "a", "x").kind == HandHistoryKind.RAW
    assert [path for path, _, _ in stub.asked] == [f"{HISTORY}/1/a"]
