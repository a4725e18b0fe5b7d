from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from sandbox.hizi.access import sign
from tests.sandbox.hizi_caller import OPERATOR_ID, SECRET, headers_for, refusal
from tests.sandbox.platform_process import PlatformProcess

GAME_LIST = "/hizi/backoffice/getGameList"
SETTINGS = "/control/hizi/settings"
DEFAULTS = {"secret_is_first_field": False, "allowed_ips": None}


@pytest.fixture
def settings(platform: PlatformProcess) -> Iterator[PlatformProcess]:
    """The platform, whose hizi settings are put back afterwards."""
    yield platform
    platform.post(SETTINGS, DEFAULTS)


# Computed with `printf '%s' TEXT | openssl dgst -sha256 -hmac hizi-secret-0123456789 -binary | base64`.
@pytest.mark.parametrize(
    ("fields", "signature"),
    [
        (("sandbox-hizi", "2026-11-20T10:00:00Z"), "qHByAqI9AeP0XgzPkUXUCNp06OsCFfhN8G0+/kXTLe8="),
        ((SECRET, "sandbox-hizi", "2026-11-20T10:00:00Z"), "g666+U2hqlFC6mB+dab2j/mEXDazc/b9YClWVxYAYuo="),
        (
            ("sandbox-hizi", "2026-11-20T10:00:00Z", "game-bells", "EUR"),
            "vhkmo9eHE4fOZOKFcZeNGaFhm6uHGZct/h211f2KU1g=",
        ),
    ],
)
def test_signature_is_base64_of_hmac_sha256_over_fields_joined_by_hashes(fields: list[str], signature: str) -> None:
    assert sign(fields, "hizi-secret-0123456789") == signature


@pytest.mark.live
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"X-H-AUTH-ID": None}, "MISSING_HEADER"),
        ({"X-H-TIMESTAMP": None}, "MISSING_HEADER"),
        ({"X-H-AUTH-SIG": None}, "MISSING_HEADER"),
        ({"X-H-AUTH-ID": "somebody"}, "UNKNOWN_OPERATOR"),
        ({"X-H-AUTH-SIG": "qHByAqI9AeP0XgzPkUXUCNp06OsCFfhN8G0+/kXTLe8="}, "INVALID_SIGNATURE"),
        ({"X-H-AUTH-SIG": "not base64"}, "INVALID_SIGNATURE"),
    ],
)
def test_what_is_wrong_with_the_headers_has_a_code_of_its_own(
    platform: PlatformProcess, changed: dict[str, str | None], code: str
) -> None:
    answer = platform.get(GAME_LIST, headers=headers_for() | changed)
    assert refusal(answer) == (403, {"errorCode": code})


@pytest.mark.live
@pytest.mark.parametrize(
    "text", ["1763632800", "2026-11-20", "20 Nov 2026 10:00:00", "2026-11-20 10:00:00", "2026-13-20T10:00:00Z"]
)
def test_timestamp_that_is_not_iso_8601_is_refused_though_well_signed(platform: PlatformProcess, text: str) -> None:
    answer = platform.get(GAME_LIST, headers=headers_for(timestamp=text))
    assert refusal(answer) == (403, {"errorCode": "INVALID_TIMESTAMP"})


@pytest.mark.live
@pytest.mark.parametrize("minutes", [-5.1, 5.1])
def test_timestamp_off_by_more_than_five_minutes_is_refused(platform: PlatformProcess, minutes: float) -> None:
    timestamp = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
    answer = platform.get(GAME_LIST, headers=headers_for(timestamp=timestamp))
    assert refusal(answer) == (403, {"errorCode": "TIMESTAMP_EXPIRED"})


@pytest.mark.live
@pytest.mark.parametrize("minutes", [-4.9, 4.9])
def test_timestamp_off_by_less_than_five_minutes_passes(platform: PlatformProcess, minutes: float) -> None:
    timestamp = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
    assert platform.get(GAME_LIST, headers=headers_for(timestamp=timestamp)).status_code == 200


@pytest.mark.live
@pytest.mark.parametrize(
    "form", ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%f789Z", "%Y-%m-%dT%H:%M:%S", "%Y%m%dT%H%M%Sz"]
)
def test_every_iso_8601_form_of_now_passes(platform: PlatformProcess, form: str) -> None:
    timestamp = datetime.now(UTC).strftime(form)
    assert platform.get(GAME_LIST, headers=headers_for(timestamp=timestamp)).status_code == 200


@pytest.mark.live
def test_configuration_signs_game_and_currency_too(platform: PlatformProcess) -> None:
    address = "/hizi/backoffice/getGameConfiguration?gameCode=game-bells&currency=EUR"
    assert refusal(platform.get(address, headers=headers_for())) == (403, {"errorCode": "INVALID_SIGNATURE"})
    swapped = platform.get(address, headers=headers_for("EUR", "game-bells"))
    assert refusal(swapped) == (403, {"errorCode": "INVALID_SIGNATURE"})
    assert platform.get(address, headers=headers_for("game-bells", "EUR")).status_code == 200


@pytest.mark.live
def test_secret_as_first_field_is_refused_unless_that_is_asked_for(settings: PlatformProcess) -> None:
    key_only, both = headers_for(), headers_for(first=[SECRET])
    assert settings.get(GAME_LIST, headers=key_only).status_code == 200
    assert refusal(settings.get(GAME_LIST, headers=both)) == (403, {"errorCode": "INVALID_SIGNATURE"})

    changed = settings.post(SETTINGS, {"secret_is_first_field": True})
    assert changed.json() == {"secret_is_first_field": True, "allowed_ips": None}
    assert settings.get(GAME_LIST, headers=both).status_code == 200
    assert refusal(settings.get(GAME_LIST, headers=key_only)) == (403, {"errorCode": "INVALID_SIGNATURE"})


@pytest.mark.live
@pytest.mark.parametrize("allowed", [["10.0.0.0/8", "192.0.2.7"], []])
def test_caller_from_another_address_is_refused_before_all_else(settings: PlatformProcess, allowed: list[str]) -> None:
    settings.post(SETTINGS, {"allowed_ips": allowed})
    assert refusal(settings.get(GAME_LIST)) == (403, {"errorCode": "IP_NOT_ALLOWED"})
    assert settings.get(SETTINGS).json() == {"secret_is_first_field": False, "allowed_ips": allowed}


@pytest.mark.live
@pytest.mark.parametrize("allowed", [["127.0.0.1"], ["10.0.0.0/8", "127.0.0.0/8"], None])
def test_caller_from_an_allowed_address_passes(settings: PlatformProcess, allowed: list[str] | None) -> None:
    settings.post(SETTINGS, {"allowed_ips": allowed})
    assert settings.get(GAME_LIST, headers=headers_for()).status_code == 200


@pytest.mark.live
@pytest.mark.parametrize("order", [{"allowed_ips": ["here"]}, {"allowed": []}, {"secret_is_first_field": 1}, []])
def test_settings_that_make_no_sense_are_refused_and_change_nothing(platform: PlatformProcess, order: object) -> None:
    assert platform.post(SETTINGS, order).status_code == 400
    assert platform.get(SETTINGS).json() == DEFAULTS


@pytest.mark.live
def test_settings_are_changed_by_json_only(platform: PlatformProcess) -> None:
    answer = requests.post(platform.url + SETTINGS, data={"secret_is_first_field": "true"}, timeout=10)
    assert answer.status_code == 415
    assert OPERATOR_ID not in answer.text
