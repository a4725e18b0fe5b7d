"""Statements that the guards of operators' settings refuse, each alone."""

from operators.models import Operator, SettingsSecret, SettingsVersion, VersionState
from tests.wallet.world import STAFF

VERSION = "UPDATE operators_settingsversion SET "
AGAIN = (
    "INSERT INTO operators_settingsversion (operator_id, number, text, value, warnings, new_secrets, state, saved_by,"
    " reason, decided_by, decision_reason) SELECT operator_id, {number}, text, value, warnings, new_secrets, '{state}',"
    " saved_by, '', '', '' FROM operators_settingsversion WHERE number = 101"
)

CONSTRAINTS = {
    "operators_settingssecret_once": (
        "INSERT INTO operators_settingssecret (operator_id, path, secret, pending)"
        " SELECT operator_id, path, secret, pending FROM operators_settingssecret"
    ),
    "operators_settingsversion_brought_back_from_check": f"{VERSION} brought_back_from = -1",
    "operators_settingsversion_by_someone": f"{VERSION} saved_by = ''",
    "operators_settingsversion_number_check": f"{VERSION} number = -number",
    "operators_settingsversion_once": AGAIN.format(number=101, state="rejected").replace("''", "'x'"),
    "operators_settingsversion_one_pending": AGAIN.format(number=102, state="pending"),
    "operators_settingsversion_rejected_by_someone": f"{VERSION} state = 'rejected', decided_by = ''",
    "operators_settingsversion_two_people": f"{VERSION} decided_by = saved_by",
}


def add_rows(operator: Operator) -> None:
    """One row in each of the tables, the version one that waits."""
    SettingsVersion.objects.create(
        operator=operator, number=101, text="{}", value={}, state=VersionState.PENDING, saved_by=STAFF
    )
    SettingsSecret.objects.create(operator=operator, path="/sharedSecret", secret="hidden")
