"""What each operator account offers: vendors, games and lobbies, as the platform lists them and as we switch them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from operators.models import Operator


class Vendor(models.Model):
    """A game studio, as one operator's platform names it."""

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="vendors")
    name = models.CharField(max_length=127)
    enabled = models.BooleanField(default=True, help_text="Whether we offer this vendor's games.")

    class Meta:
        constraints = [models.UniqueConstraint(name="catalog_vendor_once", fields=["operator", "name"])]

    def __str__(self) -> str:
        return self.name


class Listing(models.TextChoices):
    """Where a game or lobby stands on the platform's list."""

    LISTED = "listed", "Listed"
    GONE = "gone", "Gone from the list"
    UNMAPPED = "unmapped", "Met in play, never listed"


class Game(models.Model):
    """A game as one operator's platform lists it; never deleted, since history points at it."""

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="games")
    game_ref = models.CharField(
        "game id", max_length=127, db_collation="C", help_text="The platform's own id, compared as text."
    )
    title = models.CharField(max_length=255, blank=True)
    vendor = models.ForeignKey(Vendor, models.PROTECT, null=True, blank=True, related_name="games")
    game_type = models.CharField("type", max_length=64, blank=True)
    subtype = models.CharField(max_length=64, blank=True)
    platform = models.CharField(max_length=64, blank=True, help_text="The devices it is made for.")
    enabled = models.BooleanField(default=True, help_text="Whether we offer it; off answers OP_35 to a bet.")
    platform_enabled = models.BooleanField(default=True, help_text="Whether the platform lists it as enabled.")
    fun_mode = models.BooleanField(default=False)
    campaigns = models.BooleanField(default=False)
    created_date = models.DateField("created at the platform", null=True, blank=True)
    description = models.JSONField(default=dict, blank=True, help_text="Texts by language.")
    thumbnails = models.JSONField(default=dict, blank=True, help_text="Picture addresses by size.")
    listing = models.CharField(max_length=16, choices=Listing.choices, default=Listing.LISTED)
    gone_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="catalog_game_once", fields=["operator", "game_ref"]),
            models.CheckConstraint(
                name="catalog_game_gone_has_date",
                condition=Q(listing="gone", gone_at__isnull=False) | ~Q(listing="gone"),
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"Game {self.game_ref}"


class Lobby(models.Model):
    """A vendor's lobby, opened in place of a game."""

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="lobbies")
    lobby_ref = models.CharField("lobby id", max_length=127, db_collation="C")
    vendor = models.ForeignKey(Vendor, models.PROTECT, null=True, blank=True, related_name="lobbies")
    enabled = models.BooleanField(default=True, help_text="Whether we offer it.")
    thumbnails = models.JSONField(default=dict, blank=True, help_text="Picture addresses by size.")
    listing = models.CharField(max_length=16, choices=Listing.choices, default=Listing.LISTED)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "lobbies"
        constraints = [
            models.UniqueConstraint(name="catalog_lobby_once", fields=["operator", "lobby_ref"]),
            models.CheckConstraint(
                name="catalog_lobby_gone_has_date",
                condition=Q(listing="gone", gone_at__isnull=False) | ~Q(listing="gone"),
            ),
        ]

    def __str__(self) -> str:
        return self.lobby_ref
