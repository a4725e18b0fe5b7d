"""GeoIP rules with all their versions, and the launches that they blocked."""

from django.db import models
from django.db.models import F, Q

from geoblock.rules import Rule
from operators.models import Casino, Operator


class RulesState(models.TextChoices):
    """What has become of a version."""

    PENDING = "pending", "Waits for a second person"
    IN_FORCE = "in_force", "In force"
    REPLACED = "replaced", "Replaced"
    REJECTED = "rejected", "Rejected"


class GeoRules(models.Model):
    """One version of an operator's rules, or of the global ones, which have no operator. Nothing but its state changes.

    `value` holds what `text` says, codes in capital letters.
    """

    operator = models.ForeignKey(
        Operator, models.PROTECT, null=True, blank=True, related_name="geo_rules", db_index=False
    )
    number = models.IntegerField()
    text = models.TextField(help_text="As typed.")
    value = models.JSONField()
    state = models.CharField(max_length=16, choices=RulesState.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500)
    brought_back_from = models.IntegerField(null=True, blank=True, help_text="The number of the version it repeats.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True, help_text="The second person.")

    class Meta:
        verbose_name = verbose_name_plural = "GeoIP rules"
        constraints = [
            models.UniqueConstraint(name="geoblock_georules_once", fields=["operator", "number"], nulls_distinct=False),
            models.UniqueConstraint(
                name="geoblock_georules_one_in_force",
                fields=["operator"],
                condition=Q(state="in_force"),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="geoblock_georules_one_pending",
                fields=["operator"],
                condition=Q(state="pending"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="geoblock_georules_by_someone", condition=~Q(by="") & ~Q(reason="")),
            models.CheckConstraint(
                name="geoblock_georules_two_people", condition=~Q(by=F("decided_by")) | Q(state="rejected")
            ),
        ]

    def __str__(self) -> str:
        return f"GeoIP rules of {self.operator or 'all operators'}, version {self.number}"


class Asked(models.TextChoices):
    """What was refused."""

    LAUNCH = "launch", "Launch"
    AUTHENTICATE = "authenticate", "Authenticate"


class BlockedLaunch(models.Model):
    """A launch, or a platform's `authenticate` for one, that was refused for where the player was."""

    at = models.DateTimeField(db_index=True)
    asked = models.CharField(max_length=16, choices=Asked.choices)
    casino = models.ForeignKey(Casino, models.PROTECT, related_name="+", db_index=False)
    operator = models.ForeignKey(Operator, models.PROTECT, related_name="+", db_index=False)
    user_id = models.CharField("player", max_length=70, db_collation="C")
    mode = models.CharField(max_length=4)
    opened = models.CharField("game or lobby", max_length=127, blank=True)
    address = models.GenericIPAddressField()
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=40, blank=True, help_text="ISO 3166-2, the largest first.")
    rule = models.CharField(max_length=32, choices=[(rule.value, rule.value.replace("_", " ")) for rule in Rule])
    sentence = models.CharField(max_length=500)

    class Meta:
        verbose_name_plural = "blocked launches"
        indexes = [
            models.Index("user_id", "at", name="geoblock_blocked_player"),
            models.Index("operator", "at", name="geoblock_blocked_operator"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} from {self.region or self.country or 'an unknown country'} at {self.at:%Y-%m-%d %H:%M}"
