"""Settings saved as versions: who, when, why; secrets kept apart; a second person where money is at stake."""

import json
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from operators.models import AuditEntry, Operator, SettingsSecret, SettingsVersion, VersionState
from operators.selectors.settings import find_pending_version, get_settings_text, list_differences
from operators.services.second_person import SecondPersonNeeded
from operators.services.settings import (
    SettingsDecided,
    SettingsOvertaken,
    SettingsPending,
    SettingsRefused,
    SettingsUnchanged,
    approve_settings,
    bring_back_settings,
    read_settings,
    reject_settings,
    require_second_person,
    save_settings,
    set_option,
)
from tests.operators.making import NOW, STAFF, make_casino, make_operator

pytestmark = pytest.mark.django_db
OTHER = "staff:bert"
SECRET = "Zq7-not-to-be-seen"
RELAX = """{
  "protocolType": 7, "platform": "dev",
  "gameStudio": "hoelle",
"gameStudioFullName": "Hölle Games",
  "licenseeId": "relax-12",
  "incomingAccount": {"passWord": "%s", "userName": "username"}
}"""


@pytest.fixture
def operator() -> Operator:
    return make_operator(make_casino())


def save(operator: Operator, text: str, by: str = STAFF, reason: str = "because") -> SettingsVersion:
    return save_settings(operator=operator, text=text, reason=reason, by=by, now=NOW)


def stored(operator: Operator) -> Any:
    return Operator.objects.get(pk=operator.pk).settings


def secrets(operator: Operator, *, pending: bool = False) -> dict[str, str]:
    rows = SettingsSecret.objects.filter(operator=operator, pending=pending)
    return {row.path: row.secret for row in rows}


def differences(version: SettingsVersion) -> list[tuple[object, ...]]:
    return [(each.kind, each.path, each.was, each.now) for each in list_differences(version)]


def test_a_save_is_a_version_and_in_force(operator: Operator) -> None:
    text = '{"defaultSettings": {"maxExposure": 100000000000000000},\n "isSocial": false}'
    version = save(operator, text)
    assert (version.number, version.state, version.saved_by, version.saved_at, version.reason) == (
        1,
        VersionState.TAKEN,
        STAFF,
        NOW,
        "because",
    )
    assert version.text == text == get_settings_text(operator)
    assert stored(operator) == {"defaultSettings": {"maxExposure": 10**17}, "isSocial": False}
    second = save(operator, '{"isSocial": false, "doNotUseClosingState": true, "allowedGames": ["a", "b"]}')
    assert differences(second) == [
        ("removed", ("defaultSettings", "maxExposure"), 10**17, None),
        ("added", ("doNotUseClosingState",), None, True),
        ("added", ("allowedGames",), None, ["a", "b"]),
    ]


def test_a_save_is_on_record_with_its_differences(operator: Operator) -> None:
    save(operator, '{"defaultSettings": {"maxExposure": 100000000000000000}}')
    entry = AuditEntry.objects.latest("pk")
    assert (entry.by, entry.action) == (STAFF, "save_settings")
    assert entry.details == {
        "version": 1,
        "state": "taken",
        "reason": "because",
        "differences": [
            {"path": "defaultSettings.maxExposure", "kind": "added", "was": "null", "now": "100000000000000000"}
        ],
    }


def test_a_refusal_saves_nothing_and_names_every_place(operator: Operator) -> None:
    with pytest.raises(SettingsRefused) as refused:
        save(operator, '{"isSocial": 1,\n  "validGameModes": ["FUN"]}')
    assert [str(fault) for fault in refused.value.faults] == [
        "Line 1, column 14: isSocial is of another kind. Write true or false.",
        "Line 2, column 22: validGameModes[0] cannot be FUN. Choose one of: DEMO, REAL.",
    ]
    assert refused.value.proposal is None
    assert SettingsVersion.objects.filter(operator=operator).count() == 0
    assert stored(operator) == {}


def test_almost_json_is_refused_with_a_proposal_that_can_be_saved(operator: Operator) -> None:
    with pytest.raises(SettingsRefused) as refused:
        save(operator, '{"customCurrencies": {\n"GOLD": 500,\n"SILV": 1000,\n}}')
    assert str(refused.value) == "Line 3, column 13: Nothing follows this comma but }. Take the last comma away."
    assert refused.value.proposal is not None
    save(operator, refused.value.proposal)
    assert stored(operator) == {"customCurrencies": {"GOLD": 500, "SILV": 1000}}


def test_warnings_are_saved_with_the_version(operator: Operator) -> None:
    version = save(operator, '{\n "maxGameRoundAge": 86400000}')
    assert version.warnings == [
        {
            "line": 2,
            "column": 21,
            "problem": "maxGameRoundAge counts seconds, and 86,400,000 looks like milliseconds.",
            "remedy": "Check it.",
        }
    ]


def test_the_same_text_again_is_no_version(operator: Operator) -> None:
    save(operator, "{}  ")
    with pytest.raises(SettingsUnchanged):
        save(operator, "{}  ")


def test_secrets_are_kept_apart_encrypted_and_come_back_masked(operator: Operator) -> None:
    version = save(operator, RELAX % SECRET)
    assert version.text == RELAX % "******"
    assert version.value["incomingAccount"] == {"passWord": "******", "userName": "username"}
    assert stored(operator)["incomingAccount"]["passWord"] == "******"
    assert secrets(operator) == {"/incomingAccount/passWord": SECRET}
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM operators_settingssecret WHERE operator_id = %s", [operator.pk])
        assert SECRET not in cursor.fetchone()[0]
    assert SECRET not in json.dumps([entry.details for entry in AuditEntry.objects.all()])


def test_a_masked_secret_stays_and_a_new_one_replaces_it(operator: Operator) -> None:
    save(operator, RELAX % SECRET)
    again = save(operator, (RELAX % "***").replace("dev", "live"))
    assert secrets(operator) == {"/incomingAccount/passWord": SECRET}
    assert differences(again) == [("changed", ("platform",), "dev", "live")]
    renewed = save(operator, (RELAX % "another").replace("dev", "live"))
    assert secrets(operator) == {"/incomingAccount/passWord": "another"}
    assert differences(renewed) == [("changed", ("incomingAccount", "passWord"), "******", "******")]
    save(operator, "{}")
    assert secrets(operator) == {}


def test_a_secret_with_quotes_and_other_marks_is_cut_out_whole(operator: Operator) -> None:
    version = save(operator, '{"protocolType": 6, "sharedSecret": "a\\"}, \\\\ “ü”"  , "isSocial": false}')
    assert version.text == '{"protocolType": 6, "sharedSecret": "******"  , "isSocial": false}'
    assert secrets(operator) == {"/sharedSecret": 'a"}, \\ “ü”'}


def test_a_mask_for_which_no_secret_is_kept_is_refused(operator: Operator) -> None:
    with pytest.raises(SettingsRefused) as refused:
        save(operator, '{"protocolType": 8,\n"sharedSecret": "******"}')
    assert (
        str(refused.value)
        == "Line 2, column 17: sharedSecret is masked, but no secret is kept there. Type the secret itself."
    )


def test_any_version_can_be_brought_back(operator: Operator) -> None:
    first = save(operator, '{"deniedGames": ["a"]}')
    save(operator, "{}")
    back = bring_back_settings(version=first, reason="too early", by=OTHER, now=NOW + timedelta(hours=1))
    assert (back.number, back.brought_back_from, back.text, back.saved_by) == (3, 1, first.text, OTHER)
    assert stored(operator) == {"deniedGames": ["a"]}
    assert AuditEntry.objects.latest("pk").action == "bring_back_settings"


def test_a_version_whose_secret_was_forgotten_does_not_come_back(operator: Operator) -> None:
    first = save(operator, RELAX % SECRET)
    save(operator, "{}")
    with pytest.raises(SettingsRefused, match="masked, but no secret is kept"):
        bring_back_settings(version=first, reason="", by=STAFF, now=NOW)


def test_an_export_can_be_imported_where_the_secrets_are_known(operator: Operator) -> None:
    save(operator, RELAX % SECRET)
    exported = get_settings_text(operator)
    assert SECRET not in exported
    assert read_settings(operator=operator, text=exported).value == stored(operator)


def test_a_dangerous_change_waits_for_another_person(operator: Operator) -> None:
    save(operator, '{"deniedGames": ["a"]}')
    require_second_person(operator=operator, required=True, by=STAFF)
    harmless = save(operator, '{"deniedGames": ["a"], "doNotUseClosingState": true}')
    assert harmless.state == VersionState.TAKEN

    version = save(operator, "{}")
    assert version.state == VersionState.PENDING
    assert stored(operator) == {"deniedGames": ["a"], "doNotUseClosingState": True}
    with pytest.raises(SettingsPending):
        save(operator, '{"isSocial": true}', by=OTHER)
    with pytest.raises(SecondPersonNeeded):
        approve_settings(version=version, by=STAFF, now=NOW)
    assert find_pending_version(operator) == version

    approve_settings(version=version, by=OTHER, now=NOW, reason="agreed")
    assert stored(operator) == {}
    assert (version.state, version.decided_by, version.decided_at) == (VersionState.TAKEN, OTHER, NOW)
    assert AuditEntry.objects.latest("pk").action == "approve_settings"
    with pytest.raises(SettingsDecided):
        reject_settings(version=version, by=OTHER, now=NOW)


def test_a_rejected_version_leaves_nothing_in_force(operator: Operator) -> None:
    save(operator, '{"protocolType": 6, "sharedSecret": "first"}')
    require_second_person(operator=operator, required=True, by=STAFF)
    version = save(operator, '{"protocolType": 6, "sharedSecret": "second", "useFixedCurrency": "COIN"}')
    assert (secrets(operator), secrets(operator, pending=True)) == (
        {"/sharedSecret": "first"},
        {"/sharedSecret": "second"},
    )
    reject_settings(version=version, by=OTHER, now=NOW, reason="no")
    assert (secrets(operator), secrets(operator, pending=True)) == ({"/sharedSecret": "first"}, {})
    assert stored(operator) == {"protocolType": 6, "sharedSecret": "******"}
    assert get_settings_text(operator) == '{"protocolType": 6, "sharedSecret": "******"}'


def test_whoever_saved_a_version_may_withdraw_it_and_save_another(operator: Operator) -> None:
    require_second_person(operator=operator, required=True, by=STAFF)
    version = save(operator, '{"protocolType": 6, "sharedSecret": "first", "useFixedCurrency": "COIN"}')
    reject_settings(version=version, by=STAFF, now=NOW, reason="a slip")
    assert (version.state, version.decided_by, version.decision_reason) == (VersionState.REJECTED, STAFF, "a slip")
    assert (stored(operator), secrets(operator, pending=True)) == ({}, {})
    assert AuditEntry.objects.latest("pk").action == "withdraw_settings"
    assert save(operator, '{"deniedGames": ["a"]}').state == VersionState.PENDING


def test_an_approved_version_brings_its_secrets(operator: Operator) -> None:
    save(operator, '{"protocolType": 6, "sharedSecret": "first"}')
    require_second_person(operator=operator, required=True, by=STAFF)
    version = save(operator, '{"protocolType": 6, "sharedSecret": "second", "useFixedCurrency": "COIN"}')
    approve_settings(version=version, by=OTHER, now=NOW)
    assert (secrets(operator), secrets(operator, pending=True)) == ({"/sharedSecret": "second"}, {})


@pytest.mark.parametrize(
    "text",
    [
        '{"defaultSettings": {"maxExposure": 1000000}}',
        '{"defaultGameSpecificSettings": {"game-bells": {"maxExposure": 1000000}}}',
        '{"currenciesRestricted": ["EUR"]}',
        '{"useFixedCurrency": "COIN"}',
        '{"customCurrencies": {"GOLD": 5}}',
        '{"customCurrencyMultipliers": {"GBP": 2}}',
        '{"allowedGames": ["a"]}',
        '{"deniedGames": ["a"]}',
        '{"restrictedCountriesAllowed": ["NL"]}',
        '{"allowCustomStakes": true}',
    ],
)
def test_each_of_the_dangerous_keys_waits(operator: Operator, text: str) -> None:
    require_second_person(operator=operator, required=True, by=STAFF)
    assert save(operator, text).state == VersionState.PENDING
    assert stored(operator) == {}


def test_the_database_refuses_one_person_for_both(operator: Operator) -> None:
    require_second_person(operator=operator, required=True, by=STAFF)
    version = save(operator, '{"deniedGames": ["a"]}')
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        SettingsVersion.objects.filter(pk=version.pk).update(state=VersionState.TAKEN, decided_by=STAFF)


def test_one_option_is_set_and_the_layout_of_none_but_the_whole_is_ours(operator: Operator) -> None:
    save(operator, '{"isSocial": false, "hizi": {"other": 1}}')
    set_option(operator=operator, path=("hizi", "secretIsFirstField"), value=True, reason="x", by=STAFF, now=NOW)
    assert get_settings_text(operator) == (
        '{\n  "isSocial": false,\n  "hizi": {\n    "other": 1,\n    "secretIsFirstField": true\n  }\n}'
    )


def test_an_operator_made_with_settings_has_a_first_version() -> None:
    operator = make_operator(make_casino(), settings={"protocolType": 6, "sharedSecret": SECRET})
    version = SettingsVersion.objects.get(operator=operator)
    assert (version.number, version.value) == (1, {"protocolType": 6, "sharedSecret": "******"})
    assert stored(operator) == version.value
    assert secrets(operator) == {"/sharedSecret": SECRET}
    with pytest.raises(SettingsRefused):
        make_operator(make_casino(), settings={"isSocial": "yes"})


def test_each_light_and_wonder_prefix_wants_a_default_profile() -> None:
    account = {"userName": "a", "passWord": "b"}
    facts = {
        "protocolType": 12,
        "gameStudio": "265",
        "gcmLauncher": "https://launcher.example/index.html",
        "incomingAccount": account,
        "outgoingAccount": account,
    }
    casino = make_casino()
    operator = make_operator(casino)
    text = json.dumps(facts | {"licenseeId": "ogs-5"})
    (warning,) = read_settings(operator=operator, text=text).warnings
    assert warning.problem == "No operator has the licensee id ogs-default, to which calls without an operator fall."
    make_operator(casino, settings=facts | {"licenseeId": "ogs-default"})
    assert read_settings(operator=operator, text=text).warnings == []


def test_the_demand_for_a_second_person_is_on_record(operator: Operator) -> None:
    require_second_person(operator=operator, required=True, by=STAFF)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.details) == ("require_second_person", {"required": {"from": False, "to": True}})


def test_what_was_set_before_there_were_versions_becomes_the_first(operator: Operator) -> None:
    migration = import_module("operators.migrations.0005_settings_versions")
    settings = {"isSocial": False, "account": {"Password": SECRET, "Username": "x"}, "share": 2}
    Operator.objects.filter(pk=operator.pk).update(settings=settings)
    migration.keep_first_versions(apps, None)
    version = SettingsVersion.objects.get(operator=operator)
    assert (version.number, version.saved_by, version.state) == (1, "migration", VersionState.TAKEN)
    assert version.value == stored(operator) == settings | {"account": {"Password": "******", "Username": "x"}}
    assert SECRET not in version.text
    assert secrets(operator) == {"/account/Password": SECRET}


def test_a_save_after_somebody_elses_is_refused(operator: Operator) -> None:
    save(operator, '{"isSocial": false}')
    with pytest.raises(SettingsOvertaken):
        save_settings(operator=operator, text="{ }", reason="", by=OTHER, now=NOW, seen=0)
    assert save_settings(operator=operator, text="{ }", reason="", by=OTHER, now=NOW, seen=1).number == 2
