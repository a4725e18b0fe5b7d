"""Statements that the audit trail refuses, whoever makes them."""

CONSTRAINTS = {
    "operators_auditentry_by_someone": (
        "INSERT INTO operators_auditentry (at, by, action, subject, details) VALUES (now(), '', 'x', 'x', '{{}}')"
    ),
}
STAYS = "of operators_auditentry is refused: what was done stays on record"
TRIGGERS: dict[str, tuple[str, list[str]]] = {
    "operators_auditentry operators_auditentry_stay": (
        STAYS,
        [
            "UPDATE operators_auditentry SET details = '{{}}'",
            "UPDATE operators_auditentry SET by = by",
            "DELETE FROM operators_auditentry",
        ],
    ),
    "operators_auditentry operators_auditentry_stay_whole": (
        STAYS,
        ["TRUNCATE operators_auditentry"],
    ),
}
