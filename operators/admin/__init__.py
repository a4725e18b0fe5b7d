"""The operators' pages in the admin, the exchange log and the audit trail."""

from operators.admin.audit import AuditEntryAdmin
from operators.admin.casinos import ApiKeyAdmin, CasinoAdmin
from operators.admin.logs import ExchangeAdmin
from operators.admin.operators import OperatorAdmin
from operators.admin.schedule import ScheduleAdmin
from operators.admin.settings_versions import SettingsVersionAdmin

__all__ = [
    "ApiKeyAdmin",
    "AuditEntryAdmin",
    "CasinoAdmin",
    "ExchangeAdmin",
    "OperatorAdmin",
    "ScheduleAdmin",
    "SettingsVersionAdmin",
]
