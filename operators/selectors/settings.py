"""Reads of operators' settings: their text, their versions, and what differs between these."""

from django.db.models import QuerySet

from operators.documents import Difference, compare_values, read_json, write_json
from operators.models import Operator, SettingsVersion, VersionState


def get_settings_text(operator: Operator) -> str:
    """Return the settings in force as they were typed, with their secrets masked."""
    version = find_version_in_force(operator)
    if version and version.value == operator.settings:
        return version.text
    return write_json(operator.settings)


def find_version_in_force(operator: Operator) -> SettingsVersion | None:
    """Return the newest version that was taken, if there is any."""
    return list_settings_versions(operator).filter(state=VersionState.TAKEN).first()


def find_pending_version(operator: Operator) -> SettingsVersion | None:
    """Return the version that waits for a second person."""
    return list_settings_versions(operator).filter(state=VersionState.PENDING).first()


def list_settings_versions(operator: Operator) -> QuerySet[SettingsVersion]:
    """An operator's versions, the newest first."""
    return SettingsVersion.objects.filter(operator=operator).order_by("-number")


def count_versions(operator: Operator) -> int:
    """Return the number of the newest version, 0 where there is none."""
    return list_settings_versions(operator).values_list("number", flat=True).first() or 0


def list_differences(version: SettingsVersion) -> list[Difference]:
    """Return what a version changes in the one that was in force before it. A secret typed anew is only named."""
    earlier = SettingsVersion.objects.filter(operator=version.operator_id, number__lt=version.number)
    before = earlier.filter(state=VersionState.TAKEN).order_by("-number").first()
    found = compare_values(read_json(before.text).value if before else {}, read_json(version.text).value)
    told = {to_pointer(each.path) for each in found}
    renewed = [pointer for pointer in version.new_secrets if pointer not in told]
    return found + [Difference(from_pointer(pointer), "changed", "******", "******") for pointer in renewed]


def to_pointer(path: tuple[str | int, ...]) -> str:
    """Write a path as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def from_pointer(pointer: str) -> tuple[str, ...]:
    """Read a JSON pointer; all of its steps are texts."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
