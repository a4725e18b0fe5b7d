"""Statements that the guards of operators' settings refuse, each alone."""

from operators.models import Operator, SettingsSecret, SettingsVersion, VersionState
from tests.wallet.world import STAFF

VERSION = "UPDATE operators_settingsversion SET "


def again(**other: str) -> str:
    """The version that waits, once more, with other values."""
    values = {"number": "102", "state": "'taken'", "saved_by": "saved_by", "decided_by": "''"}
    values |= {"brought_back_from": "NULL"} | other
    return (
        "INSERT INTO operators_settingsversion (operator_id, text, value, warnings, new_secrets, reason,"
        f" decision_reason, {', '.join(values)}) SELECT operator_id, text, value, warnings, new_secrets, '', '',"
        f" {', '.join(values.values())} FROM operators_settingsversion WHERE number = 101"
    )


CONSTRAINTS = {
    "operators_settingssecret_once": (
        "INSERT INTO operators_settingssecret (operator_id, path, secret, pending)"
        " SELECT operator_id, path, secret, pending FROM operators_settingssecret"
    ),
    "operators_settingsversion_brought_back_from_check": again(brought_back_from="-1"),
    "operators_settingsversion_by_someone": again(saved_by="''", decided_by="'x'"),
    "operators_settingsversion_number_check": again(number="-102"),
    "operators_settingsversion_once": again(number="101"),
    "operators_settingsversion_one_pending": again(state="'pending'"),
    "operators_settingsversion_rejected_by_someone": (
        f"{VERSION} state = 'rejected', decided_by = '' WHERE number = 101"
    ),
    "operators_settingsversion_two_people": f"{VERSION} state = 'taken', decided_by = saved_by WHERE number = 101",
}
STAYS = "of operators_settingsversion is refused: a version of the settings stays as it is"
TRIGGERS: dict[str, tuple[str, list[str]]] = {
    "operators_settingsversion operators_settingsversion_stay": (
        STAYS,
        [
            *(f"{VERSION} {column} = {column} || 'x'" for column in ("text", "saved_by", "reason")),
            f"{VERSION} value = '[]'",
            f"{VERSION} new_secrets = '{{{{/a}}}}'",
            f"{VERSION} saved_at = saved_at - interval '1 day'",
            f"{VERSION} number = number + 1000",
            f"{VERSION} state = 'rejected', decided_by = 'x' WHERE state = 'taken'",
            "DELETE FROM operators_settingsversion",
        ],
    ),
    "operators_settingsversion operators_settingsversion_stay_whole": (
        STAYS,
        ["TRUNCATE operators_settingsversion"],
    ),
}


def add_rows(operator: Operator) -> None:
    """A version that waits beside one that was taken, and a secret."""
    SettingsVersion.objects.create(
        operator=operator, number=100, text="{}", value={}, state=VersionState.TAKEN, saved_by=STAFF
    )
    SettingsVersion.objects.create(
        operator=operator, number=101, text="{}", value={}, state=VersionState.PENDING, saved_by=STAFF
    )
    SettingsSecret.objects.create(operator=operator, path="/sharedSecret", secret="hidden")
