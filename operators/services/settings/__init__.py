"""Operators' settings: read as typed, saved as versions, brought back, and decided on by a second person."""

from operators.services.settings.decisions import SettingsDecided, approve_settings, reject_settings
from operators.services.settings.reading import PlacedFault, ReadSettings, SettingsRefused, read_settings
from operators.services.settings.versions import (
    SettingsOvertaken,
    SettingsPending,
    SettingsUnchanged,
    bring_back_settings,
    lock_operator,
    require_second_person,
    save_settings,
    set_option,
    write_first_version,
)

__all__ = [
    "PlacedFault",
    "ReadSettings",
    "SettingsDecided",
    "SettingsOvertaken",
    "SettingsPending",
    "SettingsRefused",
    "SettingsUnchanged",
    "approve_settings",
    "bring_back_settings",
    "lock_operator",
    "read_settings",
    "reject_settings",
    "require_second_person",
    "save_settings",
    "set_option",
    "write_first_version",
]
