"""The operators' pages in the admin, and those of the staff who use it."""

from operators.admin.casinos import ApiKeyAdmin, CasinoAdmin
from operators.admin.logs import AuditEntryAdmin, ExchangeAdmin
from operators.admin.operators import OperatorAdmin
from operators.admin.schedule import ScheduleAdmin
from operators.admin.settings_versions import SettingsVersionAdmin
from operators.admin.staff import StaffAdmin, StaffGroupAdmin

__all__ = [
    "ApiKeyAdmin",
    "AuditEntryAdmin",
    "CasinoAdmin",
    "ExchangeAdmin",
    "OperatorAdmin",
    "ScheduleAdmin",
    "SettingsVersionAdmin",
    "StaffAdmin",
    "StaffGroupAdmin",
]
