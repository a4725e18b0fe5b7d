import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import requests

from sandbox.gmag.hashes import join_fields, sign
from tests.sandbox.gmag_caller import PATH, ask, body_for, hash_of, read_page, write, yesterday
from tests.sandbox.platform_process import PlatformProcess

SETTINGS = "/control/gmag/settings"


@pytest.fixture
def settings(platform: PlatformProcess) -> Iterator[PlatformProcess]:
    """The platform, whose gmag settings are put back afterwards."""
    yield platform
    platform.post(SETTINGS, {"largest_size": 10_000, "failing": False})


def read_body(text: str) -> dict[str, msgspec.Raw]:
    return msgspec.json.decode(text, type=dict[str, msgspec.Raw])


# Computed with `printf '%s' TEXT | md5sum`, TEXT being the fields as joined by hand, and the secret.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            """{"requestId": "requestId1234", "brandId": "1001", "startTime": "2021-06-10 10:00:00",
                "endTime": "2021-06-10 10:05:00", "size": 1000, "page": 1}""",
            "892c03930dcfab1230716dedbc47cc72",
        ),
        (
            r"""{"requestId":"r","brandId":1001,"paid":true,"games":[ "a\/b", "\u00e4", 5.00 ],"amount" : 5.00,
                 "x":null}""",
            "7b7e45935ff9a3650f9441597a02cbbd",
        ),
    ],
)
def test_hash_is_md5_of_the_sorted_fields_and_the_secret(text: str, expected: str) -> None:
    assert sign(read_body(text), "gmag-secret-0123456789") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"b": "2", "a": 1, "B": "x"}', "B=x&a=1&b=2"),
        ('{"size": 1000, "amount": 5.0000}', "amount=5.0000&size=1000"),
        ('{"games": ["a\\/b", "\\u00e4"], "paid": false}', 'games=["a/b","ä"]&paid=false'),
        ('{"a": null, "b": ""}', "b="),
    ],
)
def test_fields_are_joined_as_they_were_sent(text: str, expected: str) -> None:
    assert join_fields(read_body(text)) == expected


@pytest.mark.live
@pytest.mark.parametrize("given", ["", "0" * 32, "ä"])
def test_wrong_hash_is_refused(platform: PlatformProcess, given: str) -> None:
    answer = platform.post(PATH, body_for(yesterday(10)), params={"hash": given})
    assert answer.status_code == 200
    assert answer.json() == {"requestId": "request1", "error": "P_02", "message": "Invalid hash"}


@pytest.mark.live
def test_hash_is_needed_in_lower_case_and_of_this_very_body(platform: PlatformProcess) -> None:
    body = body_for(yesterday(10))
    for given in (hash_of(body).upper(), hash_of(body | {"page": 1})):
        assert platform.post(PATH, body, params={"hash": given}).json()["error"] == "P_02"
    assert platform.post(PATH, body, params={"hash": hash_of(body)}).json()["error"] == "0"


@pytest.mark.live
def test_numbers_are_hashed_with_the_digits_that_were_sent(platform: PlatformProcess) -> None:
    body = body_for(yesterday(10), size=1000, brandId=1001)
    assert read_page(platform, body)["size"] == 1000
    assert ask(platform, body | {"size": "1000"}).json()["error"] == "P_03"


@pytest.mark.live
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"startTime": "2021-06-10T10:00:00"}, "startTime and endTime must look like 2021-06-10 10:00:00"),
        ({"startTime": "2021-6-10 10:00:00"}, "startTime and endTime must look like 2021-06-10 10:00:00"),
        ({"endTime": "2021-06-31 10:00:00"}, "startTime and endTime must look like 2021-06-10 10:00:00"),
        ({"size": 0}, "Expected `int` >= 1 - at `$.size`"),
        ({"size": 10_001}, "Expected `int` <= 10000 - at `$.size`"),
        ({"page": 0}, "Expected `int` >= 1 - at `$.page`"),
        ({"showAll": 2}, "Invalid enum value 2 - at `$.showAll`"),
        ({"playerId": "p" * 25}, "Expected `str` of length <= 24 - at `$.playerId`"),
        ({"gameCode": "g" * 64}, "Expected `str` of length <= 63 - at `$.gameCode`"),
        ({"requestId": ""}, "Expected `str` of length >= 1 - at `$.requestId`"),
        ({"sizes": 10}, "Object contains unknown field `sizes`"),
        ({"brandId": "1002"}, "brandId is missing or unknown"),
    ],
)
def test_wrong_parameter_is_refused_and_named(
    platform: PlatformProcess, changed: dict[str, object], message: str
) -> None:
    body = body_for(yesterday(10)) | changed
    answer = ask(platform, body)
    assert answer.status_code == 200
    assert answer.json() == {"requestId": body["requestId"], "error": "P_03", "message": message}


@pytest.mark.live
@pytest.mark.parametrize("name", ["startTime", "endTime"])
def test_what_must_be_there_is_asked_for(platform: PlatformProcess, name: str) -> None:
    body = {key: value for key, value in body_for(yesterday(10)).items() if key != name}
    assert ask(platform, body).json() == {
        "requestId": "request1",
        "error": "P_03",
        "message": f"Object missing required field `{name}`",
    }


@pytest.mark.live
def test_request_id_must_be_there(platform: PlatformProcess) -> None:
    body = {key: value for key, value in body_for(yesterday(10)).items() if key != "requestId"}
    assert ask(platform, body).json() == {
        "requestId": "",
        "error": "P_03",
        "message": "Object missing required field `requestId`",
    }


@pytest.mark.live
def test_null_is_refused(platform: PlatformProcess) -> None:
    body = body_for(yesterday(10))
    answer = platform.post(PATH, body | {"currency": None}, params={"hash": hash_of(body)})
    assert answer.json()["message"] == "Expected `str`, got `null` - at `$.currency`"


@pytest.mark.live
@pytest.mark.parametrize(("minutes", "error"), [(1, "0"), (29, "0"), (30, "P_03"), (0, "P_03"), (-5, "P_03")])
def test_window_is_longer_than_nothing_and_shorter_than_half_an_hour(
    platform: PlatformProcess, minutes: int, error: str
) -> None:
    assert ask(platform, body_for(yesterday(10), minutes)).json()["error"] == error


@pytest.mark.live
def test_window_is_made_of_whole_minutes(platform: PlatformProcess) -> None:
    start = yesterday(10) + timedelta(seconds=30)
    answer = ask(platform, body_for(start, 5)).json()
    assert (answer["error"], answer["message"]) == ("P_03", "startTime and endTime must be whole minutes")


@pytest.mark.live
def test_window_ends_in_the_past(platform: PlatformProcess) -> None:
    now = datetime.now(UTC).replace(second=0)
    assert ask(platform, body_for(now - timedelta(minutes=10), 10)).json()["error"] == "0"
    answer = ask(platform, body_for(now - timedelta(minutes=10), 15)).json()
    assert (answer["error"], answer["message"]) == ("P_03", "endTime must be in the past")


@pytest.mark.live
def test_window_begins_within_thirty_days(platform: PlatformProcess) -> None:
    oldest = datetime.now(UTC).replace(second=0) - timedelta(days=30)
    assert ask(platform, body_for(oldest + timedelta(minutes=2), 5)).json()["error"] == "0"
    answer = ask(platform, body_for(oldest - timedelta(minutes=1), 5)).json()
    assert (answer["error"], answer["message"]) == ("P_03", "startTime must be within the last 30 days")


@pytest.mark.live
@pytest.mark.parametrize("body", [b"", b"[]", b'{"requestId": "r", }', b"\xff", b"requestId=r", b'{"a":' * 9_999])
def test_body_that_is_no_json_object_is_refused(platform: PlatformProcess, body: bytes) -> None:
    answer = requests.post(platform.url + PATH, data=body, timeout=10)
    assert answer.status_code == 200
    assert answer.json() == {"requestId": "", "error": "P_03", "message": "The body is not a JSON object"}


@pytest.mark.live
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", PATH, 405), ("POST", "/gmag", 404), ("POST", "/gmag/history", 404), ("POST", "/gmag/history/game/", 404)],
)
def test_what_is_not_there_is_refused_in_the_words_of_gmag(
    platform: PlatformProcess, method: str, path: str, status: int
) -> None:
    answer = requests.request(method, platform.url + path, timeout=10)
    assert answer.status_code == status
    assert (answer.json()["requestId"], answer.json()["error"]) == ("", "P_03")


@pytest.mark.live
def test_fault_inside_is_told_in_the_words_of_gmag(platform: PlatformProcess) -> None:
    with sqlite3.connect(platform.data / "gmag.sqlite3") as database:
        database.execute("ALTER TABLE changed RENAME TO away")
        database.commit()
        try:
            answer = ask(platform, body_for(yesterday(10)))
        finally:
            database.execute("ALTER TABLE away RENAME TO changed")
    database.close()
    assert answer.status_code == 200
    assert answer.json() == {"requestId": "request1", "error": "P_00", "message": "Server error"}
    assert ask(platform, body_for(yesterday(10))).json()["error"] == "0"


@pytest.mark.live
def test_fault_can_be_asked_for(settings: PlatformProcess) -> None:
    assert settings.post(SETTINGS, {"failing": True}).json() == {"largest_size": 10_000, "failing": True}
    assert ask(settings, body_for(yesterday(10))).json() == {
        "requestId": "request1",
        "error": "P_00",
        "message": "Server error",
    }


@pytest.mark.live
@pytest.mark.parametrize("order", [{"largest_size": 0}, {"largest_size": 10_001}, {"largest": 5}, {"failing": "no"}])
def test_settings_that_make_no_sense_are_refused_and_change_nothing(
    platform: PlatformProcess, order: dict[str, object]
) -> None:
    assert platform.post(SETTINGS, order).status_code == 400
    assert platform.get(SETTINGS).json() == {"largest_size": 10_000, "failing": False}


@pytest.mark.live
def test_times_are_written_as_the_document_has_them(platform: PlatformProcess) -> None:
    body = body_for(yesterday(10))
    assert body["startTime"] == write(yesterday(10))
    assert ask(platform, body | {"startTime": f"{body['startTime']}.000"}).json()["error"] == "P_03"
