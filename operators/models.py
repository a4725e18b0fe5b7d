"""Casinos, their API keys, their operator accounts at platforms, the exchange log, the audit trail, tasks' standing."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from operators.documents import ExactDecoder, ExactEncoder
from operators.fields import SecretField, validate_json_object, validate_networks, validate_zone


class Casino(models.Model):
    """A brand of ours, with players and operator accounts of its own."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_zone])
    home_url = models.URLField(max_length=500, help_text="Where a game's home button leads.")
    deposit_url = models.URLField(max_length=500, blank=True, help_text="Where a game's deposit button leads.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Scope(models.TextChoices):
    """What an API key may do."""

    READ = "read", "Read"
    LAUNCH = "launch", "Launch games"
    CASHIER = "cashier", "Move money in and out"


class ApiKey(models.Model):
    """A casino's key to the casino API: its digest, and enough of its start to recognise it."""

    casino = models.ForeignKey(Casino, models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100, help_text="Who uses the key, for example “cashier”.")
    prefix = models.CharField(max_length=16, unique=True, editable=False)
    digest = models.CharField(max_length=43, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope.choices))
    ip_allow_list = ArrayField(
        models.CharField(max_length=64),
        default=list,
        blank=True,
        validators=[validate_networks],
        help_text="Addresses or CIDR networks that may use the key; empty for any.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name = "API key"
        constraints = [
            models.CheckConstraint(
                name="operators_apikey_revoked_by_someone", condition=Q(revoked_at__isnull=True) | ~Q(revoked_by="")
            ),
            models.CheckConstraint(name="operators_apikey_has_scope", condition=Q(scopes__len__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Protocol(models.TextChoices):
    """The platform protocols that we speak."""

    GENERIC = "generic", "Generic (Operator Integration API)"
    HIZI = "hizi", "hinterzimmer"
    GMAG = "gmag", "GM-Ag"
    AGENT = "agent", "Agent (External API)"


class OperatorState(models.TextChoices):
    """Whether an operator account takes part in play."""

    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"
    TERMINATED = "terminated", "Terminated"


class Operator(models.Model):
    """A casino's account at a platform: whom we are there, where it is, and the secret we share."""

    casino = models.ForeignKey(Casino, models.PROTECT, related_name="operators")
    protocol = models.CharField(max_length=16, choices=Protocol.choices)
    operator_ref = models.CharField(
        "operator id", max_length=127, help_text="The operator id or brand id that the platform gave us."
    )
    name = models.CharField(max_length=100)
    state = models.CharField(max_length=16, choices=OperatorState.choices, default=OperatorState.SUSPENDED)
    api_host = models.URLField("API host", max_length=255, blank=True, help_text="Lists, reports and calls.")
    launch_host = models.URLField(max_length=255, blank=True, help_text="Where games and lobbies open.")
    game_data_host = models.URLField(max_length=255, blank=True, help_text="Game history (gmag).")
    hand_history_host = models.URLField(max_length=255, blank=True, help_text="Hand history (generic).")
    secret = SecretField(blank=True, help_text="The current secret key, or the bearer key.")
    previous_secret = SecretField(blank=True, help_text="Still accepted while the secret is being rotated.")
    ip_allow_list = ArrayField(
        models.CharField(max_length=64),
        default=list,
        blank=True,
        validators=[validate_networks],
        help_text="Addresses or CIDR networks from which the platform calls us.",
    )
    open_to_all_consent_by = models.CharField(
        max_length=150, blank=True, help_text="Who agreed to accept calls from any address."
    )
    open_to_all_consent_at = models.DateTimeField(null=True, blank=True)
    settings = models.JSONField(
        default=dict,
        blank=True,
        validators=[validate_json_object],
        encoder=ExactEncoder,
        decoder=ExactDecoder,
        help_text="The settings in force, as their newest version has them; secrets masked.",
    )
    second_person_for_settings = models.BooleanField(
        default=False,
        db_default=False,
        help_text="A change of settings that may lose money or open a market waits until another person approves it.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="operators_operator_ref_once", fields=["protocol", "operator_ref"]),
            models.CheckConstraint(
                name="operators_operator_active_is_guarded",
                condition=~Q(state="active") | Q(ip_allow_list__len__gt=0) | ~Q(open_to_all_consent_by=""),
                violation_error_message="An active operator needs an IP allow list, or a named consent to go without.",
            ),
            models.CheckConstraint(
                name="operators_operator_active_has_secret", condition=~Q(state="active") | ~Q(secret="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.protocol} {self.operator_ref})"


class VersionState(models.TextChoices):
    """What became of a version of settings."""

    TAKEN = "taken", "Taken"
    PENDING = "pending", "Waits for a second person"
    REJECTED = "rejected", "Rejected"


class SettingsVersion(models.Model):
    """An operator's settings as somebody saved them, secrets masked; the newest that was taken is in force.

    Nothing of it changes but what is decided on it, once.
    """

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="settings_versions")
    number = models.PositiveIntegerField(help_text="From 1, without a gap.")
    text = models.TextField(help_text="The JSON as it was typed.")
    value = models.JSONField(encoder=ExactEncoder, decoder=ExactDecoder)
    warnings = models.JSONField(default=list, blank=True, help_text="What looked odd about it.")
    new_secrets = ArrayField(models.TextField(), default=list, blank=True, help_text="Where a secret was typed anew.")
    state = models.CharField(max_length=16, choices=VersionState.choices)
    saved_at = models.DateTimeField(db_default=Now())
    saved_by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500, blank=True)
    brought_back_from = models.PositiveIntegerField(null=True, blank=True, help_text="The number it repeats.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decision_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="operators_settingsversion_once", fields=["operator", "number"]),
            models.UniqueConstraint(
                name="operators_settingsversion_one_pending", fields=["operator"], condition=Q(state="pending")
            ),
            models.CheckConstraint(name="operators_settingsversion_by_someone", condition=~Q(saved_by="")),
            models.CheckConstraint(
                name="operators_settingsversion_two_people",
                condition=~Q(decided_by=models.F("saved_by")) | Q(state="rejected"),
            ),
            models.CheckConstraint(
                name="operators_settingsversion_rejected_by_someone", condition=~Q(state="rejected") | ~Q(decided_by="")
            ),
        ]

    def __str__(self) -> str:
        return f"Settings {self.number} of {self.operator_id}"


class SettingsSecret(models.Model):
    """A secret out of an operator's settings, by its path; one that is pending comes with the pending version."""

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="settings_secrets")
    path = models.TextField(help_text="As a JSON pointer.")
    secret = SecretField()
    pending = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="operators_settingssecret_once", fields=["operator", "path", "pending"]),
        ]

    def __str__(self) -> str:
        return self.path


class Direction(models.TextChoices):
    """Who called whom."""

    INBOUND = "in", "Inbound"
    OUTBOUND = "out", "Outbound"


class Exchange(models.Model):
    """One HTTP call that went wrong, wrote something or was a repetition, with secrets and tokens masked."""

    at = models.DateTimeField(db_index=True)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    operator = models.ForeignKey(Operator, models.SET_NULL, null=True, blank=True, db_constraint=False)
    command = models.CharField(max_length=64)
    http_status = models.SmallIntegerField(null=True)
    error_code = models.CharField(max_length=64, blank=True)
    milliseconds = models.DecimalField(max_digits=10, decimal_places=2)
    caller_ip = models.GenericIPAddressField("caller IP", null=True, blank=True)
    user_ref = models.CharField("player", max_length=127, blank=True)
    transaction_ref = models.CharField("transaction id", max_length=127, blank=True)
    round_ref = models.CharField("round id", max_length=127, blank=True)
    unresolved = models.BooleanField(
        default=False, help_text="The other side does not know the outcome; kept until the transaction is settled."
    )
    request = models.TextField(blank=True)
    response = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index("user_ref", "at", name="operators_exchange_player"),
            models.Index("transaction_ref", name="operators_exchange_transaction"),
            models.Index("error_code", "at", name="operators_exchange_error"),
            models.Index("operator", "round_ref", condition=Q(unresolved=True), name="operators_exchange_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.command} {self.error_code or self.http_status} at {self.at:%Y-%m-%d %H:%M:%S}"

    @property
    def is_repeat(self) -> bool:
        """Whether a platform repeated what was done already: no other call of theirs that went well is logged."""
        return self.direction == Direction.INBOUND and not self.error_code and self.http_status == 200


class AuditEntry(models.Model):
    """Who did what to which thing and from where, written in the transaction that did it; the database keeps it so."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    by = models.CharField(max_length=150)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    details = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True, blank=True, help_text="Whose request did it.")
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        verbose_name_plural = "audit entries"
        constraints = [models.CheckConstraint(name="operators_auditentry_by_someone", condition=~Q(by=""))]
        indexes = [
            models.Index(fields=["by", "-id"], name="operators_auditentry_actor"),
            models.Index(fields=["action", "-id"], name="operators_auditentry_action"),
            models.Index(fields=["address", "-id"], name="operators_auditentry_address"),
            models.Index("request_id", name="operators_auditentry_request", condition=~Q(request_id="")),
            # By the beginning of what it was done to: all of one row.
            models.Index(fields=["subject"], opclasses=["varchar_pattern_ops"], name="operators_auditentry_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.action} {self.subject}"


class EntryStanding(models.Model):
    """How an entry of the schedule went the last time, written by the workers."""

    entry = models.OneToOneField("django_celery_beat.PeriodicTask", on_delete=models.CASCADE, related_name="standing")
    expected_since = models.DateTimeField(
        db_default=Now(), help_text="It counts as late only by what was due since then: since it was last rescheduled."
    )
    started_at = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    seconds = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    error = models.TextField(blank=True, help_text="Of the last failure, if none has succeeded since.")

    def __str__(self) -> str:
        return str(self.entry)
