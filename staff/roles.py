"""Which role may do what. A role is a group of the same name, and nobody gets a permission but by a role.

A new page or act names its permission here, in the roles that need it; what no role names, superusers alone may do.
Then `manage.py freeze_roles` brings the migration's copy up to date.

Duties are kept apart: whoever makes people and settings moves no money, whoever moves money makes no people, and
content staff see neither money nor players.
"""

SUPPORT = "support"
FINANCE = "finance"
CONTENT = "content"
COMPLIANCE = "compliance"
READ_ONLY = "read-only"
ADMINISTRATOR = "administrator"

# What belongs together on the sidebar, and is seen together.

SEE_MONEY = {"wallet.view_ledgerrow", "wallet.view_round", "wallet.view_stuckround", "wallet.view_transaction"}
SEE_PLAYERS = {
    "geoblock.view_blockedlaunch",
    "wallet.view_limitchange",
    "wallet.view_limitrefusal",
    "wallet.view_player",
    "wallet.view_session",
}
SEE_CATALOGUE = {
    "catalog.view_change",
    "catalog.view_currency",
    "catalog.view_featuredgame",
    "catalog.view_game",
    "catalog.view_gameconfiguration",
    "catalog.view_lobby",
    "catalog.view_operatorcurrency",
    "catalog.view_syncrun",
    "catalog.view_tag",
    "catalog.view_vendor",
}
SEE_PLATFORMS = {
    "geoblock.view_georules",
    "operators.view_casino",
    "operators.view_operator",
    "operators.view_settingsversion",
}
# The calls themselves, with players' ids in them.
SEE_CALLS = {"operators.view_exchange", "wallet.view_waitingcall"}
SEE_PROOFS = {"wallet.view_ledgerverification"}
SEE_REQUESTS = {"wallet.view_approvalrequest", "wallet.view_ceiling"}
SEE_STAFF = {"auth.view_group", "auth.view_user", "operators.view_auditentry", "staff.view_signincount"}
SEE_SYSTEM = {"django_celery_beat.view_periodictask", "operators.view_apikey"}
SEE_EVERYTHING = (
    SEE_MONEY
    | SEE_PLAYERS
    | SEE_CATALOGUE
    | SEE_PLATFORMS
    | SEE_CALLS
    | SEE_PROOFS
    | SEE_REQUESTS
    | SEE_STAFF
    | SEE_SYSTEM
)

CARE_FOR_PLAYERS = {"wallet.add_playernote", "wallet.change_player", "wallet.change_session", "wallet.set_limits"}
CARE_FOR_ROUNDS = {"wallet.add_roundnote", "wallet.take_round"}
EDIT_CATALOGUE = {
    "catalog.add_tag",
    "catalog.change_featuredgame",
    "catalog.change_game",
    "catalog.change_lobby",
    "catalog.change_tag",
    "catalog.change_vendor",
}
# What takes a second person; how much, the ceilings say, which are set by those who move nothing themselves.
REQUEST = {"wallet.request_adjustment", "wallet.request_forced_cancel", "wallet.request_forced_close"}
APPROVE = {"wallet.approve_adjustment", "wallet.approve_forced_cancel", "wallet.approve_forced_close"}
SET_CEILINGS = {"wallet.add_ceiling", "wallet.change_ceiling"}
EDIT_CURRENCIES = {"catalog.change_currency", "catalog.change_operatorcurrency"}

ROLES: dict[str, set[str]] = {
    SUPPORT: {
        *(SEE_MONEY | SEE_PLAYERS | SEE_CATALOGUE | SEE_PLATFORMS | SEE_CALLS | SEE_REQUESTS),
        *(CARE_FOR_PLAYERS | CARE_FOR_ROUNDS | REQUEST),
        "operators.view_auditentry",
        "wallet.add_session",  # launches a game as the player sees it
    },
    FINANCE: {
        *(SEE_MONEY | SEE_PLAYERS | SEE_CATALOGUE | SEE_PLATFORMS | SEE_CALLS | SEE_PROOFS | SEE_REQUESTS),
        *(EDIT_CURRENCIES | CARE_FOR_ROUNDS | REQUEST | APPROVE),
        "operators.view_auditentry",
        "wallet.add_playernote",
        "wallet.assign_round",
        "wallet.change_waitingcall",
    },
    CONTENT: {
        *SEE_CATALOGUE,
        *EDIT_CATALOGUE,
    },
    COMPLIANCE: {
        *(SEE_MONEY | SEE_PLAYERS | SEE_CATALOGUE | SEE_PLATFORMS | SEE_CALLS | SEE_PROOFS | SEE_REQUESTS | SEE_STAFF),
        *(CARE_FOR_PLAYERS | CARE_FOR_ROUNDS),
        "geoblock.change_georules",
        "wallet.assign_round",
    },
    READ_ONLY: SEE_EVERYTHING,
    ADMINISTRATOR: {
        *SEE_EVERYTHING,
        *EDIT_CATALOGUE,
        *EDIT_CURRENCIES,
        *SET_CEILINGS,
        "auth.add_user",
        "auth.change_user",
        "django_celery_beat.add_periodictask",
        "django_celery_beat.change_periodictask",
        "geoblock.change_georules",
        "operators.add_apikey",
        "operators.add_casino",
        "operators.add_operator",
        "operators.change_apikey",
        "operators.change_casino",
        "operators.change_operator",
        "staff.assign_roles",
        "staff.change_signincount",
        "staff.reset_second_factor",
    },
}
