"""Operators' settings in the admin: faults with their place, a mended text on offer, versions, a second person."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from operators.models import Operator, SettingsVersion
from operators.selectors.settings import count_versions, get_settings_text
from operators.services.settings import require_second_person, save_settings
from tests.admin.house import House
from tests.admin.reading import words_of
from tests.operators.making import NOW, STAFF

SECRET = "Zq7-never-to-be-seen-9x"
DECISIONS = ("approve", "reject", "withdraw", "bring_back")


@pytest.fixture
def operator(house: House) -> Operator:
    return house.operator


def address(operator: Operator, act: str = "edit_settings") -> str:
    return reverse(f"admin:operators_operator_{act}", args=[operator.pk])


def submit(client: Client, operator: Operator, text: str, **more: Any) -> Any:
    facts = {"text": text, "reason": "as agreed", "seen": count_versions(operator), "do": "save"}
    return client.post(address(operator), facts | more)


def save(operator: Operator, text: str, by: str = STAFF) -> SettingsVersion:
    return save_settings(operator=operator, text=text, reason="x", by=by, now=NOW)


def text_of(operator: Operator) -> str:
    operator.refresh_from_db()
    return get_settings_text(operator)


@pytest.fixture
def second() -> Client:
    """Another superuser's browser."""
    client = Client()
    client.force_login(User.objects.create_superuser("second", password="correct horse"))
    return client


def test_settings_are_saved_as_they_were_typed_with_who_and_why(boss: Client, operator: Operator) -> None:
    answer = submit(boss, operator, '{\r\n  "defaultSettings": {"maxExposure": 100000000000000000}\r\n}')
    assert answer.status_code == 302
    version = SettingsVersion.objects.get(operator=operator)
    assert version.text == '{\n  "defaultSettings": {"maxExposure": 100000000000000000}\n}'
    assert (version.saved_by, version.reason) == ("staff:boss", "as agreed")
    page = words_of(boss.get(address(operator, "change")))
    assert "Version 1" in page
    assert "250,000.00 EUR" not in page
    assert "100000000000000000" in words_of(boss.get(address(operator)))


def test_faults_are_told_with_line_column_and_remedy_and_nothing_is_saved(boss: Client, operator: Operator) -> None:
    text = '{\n  "validGameModes": ["FUN"]\n}'
    answer = submit(boss, operator, text)
    page = words_of(answer)
    assert "Line 2, column 22: validGameModes[0] cannot be FUN. Choose one of: DEMO, REAL." in page
    assert answer.context["form"]["text"].value() == text
    assert count_versions(operator) == 0


def test_a_mended_text_is_offered_and_saved_only_when_it_was_taken(boss: Client, operator: Operator) -> None:
    offered = submit(boss, operator, "{“isSocial”: false,}")
    assert "Line 1, column 2: “ is a typographic quotation mark." in words_of(offered)
    assert offered.context["looked"].proposal == '{"isSocial": false}'
    taken = submit(boss, operator, "{“isSocial”: false,}", do="mend")
    assert taken.context["form"]["text"].value() == '{"isSocial": false}'
    assert count_versions(operator) == 0
    assert submit(boss, operator, '{"isSocial": false}').status_code == 302
    assert text_of(operator) == '{"isSocial": false}'


def test_a_look_shows_what_is_odd_and_saves_nothing(boss: Client, operator: Operator) -> None:
    page = words_of(submit(boss, operator, '{"maxGameRoundAge": 86400000}', do="look", reason=""))
    assert "It can be saved, but looks odd:" in page
    assert "maxGameRoundAge counts seconds, and 86,400,000 looks like milliseconds." in page
    assert count_versions(operator) == 0
    answer = submit(boss, operator, '{"maxGameRoundAge": 86400000}')
    assert [str(message) for message in boss.get(answer.url).context["messages"]] == [
        "Version 1 is in force.",
        "Line 1: maxGameRoundAge counts seconds, and 86,400,000 looks like milliseconds. Check it.",
    ]


def test_a_save_needs_a_reason(boss: Client, operator: Operator) -> None:
    answer = submit(boss, operator, "{ }", reason="")
    assert answer.context["form"].errors == {"reason": ["Say why they change."]}
    assert count_versions(operator) == 0


def test_a_save_over_somebody_elses_is_refused(boss: Client, operator: Operator) -> None:
    save(operator, '{"isSocial": false}')
    answer = submit(boss, operator, "{ }", seen=0)
    assert answer.context["form"].non_field_errors() == [
        "Version 1 was saved while you were editing. Look at it, and save again."
    ]
    assert text_of(operator) == '{"isSocial": false}'


def test_a_secret_goes_in_and_is_on_no_page(boss: Client, operator: Operator) -> None:
    submit(boss, operator, f'{{"protocolType": 6, "sharedSecret": "{SECRET}"}}')
    version = SettingsVersion.objects.get(operator=operator)
    pages = [address(operator), address(operator, "change"), address(operator, "export_settings")]
    pages += [
        reverse(f"admin:operators_settingsversion_{name}", args=[version.pk]) for name in ("change", "bring_back")
    ]
    told = [boss.get(page).content.decode() for page in pages]
    assert [page for page in told if SECRET in page] == []
    assert '"sharedSecret": "******"' in told[2]


@pytest.mark.parametrize("template", ["social", "type-22"])
def test_a_template_fills_the_text_in(boss: Client, operator: Operator, template: str) -> None:
    text = boss.get(address(operator), {"template": template}).context["form"]["text"].value()
    assert text.startswith({"social": '{\n  "isSocial": true,', "type-22": '{\n  "protocolType": 22,'}[template])


def test_settings_are_exported_and_imported_as_a_file(boss: Client, operator: Operator) -> None:
    text = '{\n  "useFixedCurrency": "COIN"\n}'
    save(operator, text)
    exported = boss.get(address(operator, "export_settings"))
    assert exported["Content-Disposition"] == f'attachment; filename="settings-{operator.protocol}-{operator.pk}.json"'
    assert exported.content.decode() == text

    file = SimpleUploadedFile("settings.json", b"\xef\xbb\xbf" + text.replace("COIN", "GOLD").encode())
    looked = submit(boss, operator, "{}", file=file)
    assert looked.context["form"]["text"].value() == text.replace("COIN", "GOLD")
    assert text_of(operator) == text
    spoilt = submit(boss, operator, "{}", file=SimpleUploadedFile("settings.json", b"\xff\xfe"))
    assert spoilt.context["form"].errors == {"file": ["The file is no text in UTF-8."]}


def test_a_version_shows_what_it_changed_and_can_be_brought_back(boss: Client, operator: Operator) -> None:
    first = save(operator, '{"defaultSettings": {"maxExposure": 25000000}}')
    second = save(operator, '{"defaultSettings": {"maxExposure": 50000000}}')
    page = words_of(boss.get(reverse("admin:operators_settingsversion_change", args=[second.pk])))
    assert "defaultSettings.maxExposure money or market changed 25000000 250,000.00 EUR 50000000 500,000.00 EUR" in page
    answer = boss.post(reverse("admin:operators_settingsversion_bring_back", args=[first.pk]), {"reason": "too high"})
    assert answer.status_code == 302
    assert text_of(operator) == '{"defaultSettings": {"maxExposure": 25000000}}'
    assert SettingsVersion.objects.get(operator=operator, number=3).brought_back_from == 1


def test_a_dangerous_change_waits_until_somebody_else_approves_it(
    boss: Client, second: Client, operator: Operator
) -> None:
    assert boss.post(address(operator, "demand_second_person")).status_code == 302
    submit(boss, operator, '{"deniedGames": ["a"]}')
    assert text_of(operator) == "{}"
    version = SettingsVersion.objects.get(operator=operator)
    assert "waits for a second person" in words_of(boss.get(address(operator, "change")))

    approve = reverse("admin:operators_settingsversion_approve", args=[version.pk])
    refused = boss.post(approve, {"reason": "fine by me"})
    assert refused.context["form"].non_field_errors() == [
        "You asked for it yourself: somebody else has to approve it; you may withdraw it."
    ]
    assert second.post(approve, {"reason": "agreed"}).status_code == 302
    assert text_of(operator) == '{"deniedGames": ["a"]}'


def test_a_rejected_change_is_dropped(boss: Client, second: Client, operator: Operator) -> None:
    require_second_person(operator=operator, required=True, by=STAFF)
    submit(boss, operator, '{"deniedGames": ["a"]}')
    version = SettingsVersion.objects.get(operator=operator)
    second.post(reverse("admin:operators_settingsversion_reject", args=[version.pk]), {"reason": "no"})
    version.refresh_from_db()
    assert (version.state, version.decided_by, text_of(operator)) == ("rejected", "staff:second", "{}")


def test_whoever_saved_a_change_is_offered_to_withdraw_it_and_nothing_else(
    boss: Client, second: Client, operator: Operator
) -> None:
    require_second_person(operator=operator, required=True, by=STAFF)
    submit(boss, operator, '{"deniedGames": ["a"]}')
    version = SettingsVersion.objects.get(operator=operator)
    page = reverse("admin:operators_settingsversion_change", args=[version.pk])
    acts = {name: reverse(f"admin:operators_settingsversion_{name}", args=[version.pk]) for name in DECISIONS}

    def offered_to(client: Client) -> list[str]:
        text = client.get(page).content.decode()
        return [name for name, address in acts.items() if f'href="{address}"' in text]

    assert (offered_to(boss), offered_to(second)) == (["withdraw"], ["approve", "reject"])
    assert boss.post(acts["withdraw"], {"reason": "a slip"}).status_code == 302
    version.refresh_from_db()
    assert (version.state, version.decided_by, text_of(operator)) == ("rejected", "staff:boss", "{}")
    submit(boss, operator, '{"deniedGames": ["b"]}')
    assert SettingsVersion.objects.get(operator=operator, number=2).state == "pending"


def test_only_a_superuser_stops_the_demand_for_a_second_person(
    staff: Callable[..., Client], boss: Client, operator: Operator
) -> None:
    require_second_person(operator=operator, required=True, by=STAFF)
    anna = staff("operators.view_operator", "operators.change_operator")
    assert anna.post(address(operator, "demand_second_person")).status_code == 403
    operator.refresh_from_db()
    assert operator.second_person_for_settings
    assert boss.post(address(operator, "demand_second_person")).status_code == 302
    operator.refresh_from_db()
    assert not operator.second_person_for_settings


def test_the_documents_address_leads_to_the_operators(boss: Client) -> None:
    for address_typed in ("/operatorsettings", "/operatorsettings/"):
        assert boss.get(address_typed).headers["Location"] == reverse("admin:operators_operator_changelist")
