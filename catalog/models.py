"""What each operator account offers: vendors, games, lobbies and currencies, as listed there and as we switch them.

A foreign key with `db_index=False` leads another index: one of its own would cost each write, and mislead the planner.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Now, NullIf

from operators.models import Casino, Operator


class Listing(models.TextChoices):
    """Where a game or lobby stands on the platform's list."""

    LISTED = "listed", "Listed"
    GONE = "gone", "Gone from the list"
    UNMAPPED = "unmapped", "Met in play, never listed"


def gone_has_date(table: str) -> models.CheckConstraint:
    """What has gone says since when."""
    return models.CheckConstraint(
        name=f"{table}_gone_has_date", condition=Q(listing="gone", gone_at__isnull=False) | ~Q(listing="gone")
    )


def country_codes(help_text: str) -> "ArrayField[list[str], list[str]]":
    """Make a field of ISO 3166-1 alpha-2 and ISO 3166-2 codes."""
    return ArrayField(models.CharField(max_length=6), default=list, blank=True, help_text=help_text)


class Vendor(models.Model):
    """A game studio, as one operator's platform names it."""

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="vendors", db_index=False)
    vendor_ref = models.CharField(
        "vendor id", max_length=127, db_collation="C", help_text="The platform's own id or name, compared as text."
    )
    title = models.CharField(max_length=255, blank=True, db_default="")
    enabled = models.BooleanField(default=True, help_text="Whether we offer this vendor's games.")
    platform_enabled = models.BooleanField(
        default=True, db_default=True, help_text="Whether the platform lists it as active."
    )
    online = models.BooleanField(default=True, db_default=True, help_text="Whether the platform says it is reachable.")
    logo_url = models.URLField(max_length=1000, blank=True, db_default="")
    restricted_countries = country_codes("Where its games may be opened only if the operator account says so.")
    prohibited_countries = country_codes("Where its games are never opened.")
    categories = models.JSONField(default=list, blank=True, help_text="Kinds of games, with their bet limits.")
    listing = models.CharField(
        max_length=16, choices=Listing.choices, default=Listing.LISTED, db_default=Listing.LISTED
    )
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="catalog_vendor_once", fields=["operator", "vendor_ref"]),
            gone_has_date("catalog_vendor"),
        ]

    def __str__(self) -> str:
        return self.title or self.vendor_ref


class Tag(models.Model):
    """A casino's own word for some games; with player groups, those games are for these groups alone."""

    casino = models.ForeignKey(Casino, models.PROTECT, related_name="tags")
    slug = models.SlugField(max_length=50)
    name = models.CharField(max_length=100)
    player_groups = ArrayField(
        models.CharField(max_length=64),
        default=list,
        blank=True,
        help_text="The player groups that see games with this tag; empty for all players.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(name="catalog_tag_once", fields=["casino", "slug"])]

    def __str__(self) -> str:
        return self.name


class Game(models.Model):
    """A game as one operator's platform lists it; never deleted, since history points at it."""

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="games", db_index=False)
    game_ref = models.CharField(
        "game id", max_length=127, db_collation="C", help_text="The platform's own id, compared as text."
    )
    title = models.CharField(max_length=255, blank=True)
    vendor = models.ForeignKey(Vendor, models.PROTECT, null=True, blank=True, related_name="games", db_index=False)
    game_type = models.CharField("type", max_length=64, blank=True)
    subtype = models.CharField(max_length=64, blank=True)
    platform = models.CharField(max_length=64, blank=True, help_text="The devices it is made for.")
    enabled = models.BooleanField(default=True, help_text="Whether we offer it; off answers OP_35 to a bet.")
    platform_enabled = models.BooleanField(default=True, help_text="Whether the platform lists it as enabled.")
    fun_mode = models.BooleanField(default=False)
    campaigns = models.BooleanField(default=False)
    free_rounds = models.BooleanField(default=False, db_default=False)
    rtp = models.DecimalField("RTP", max_digits=7, decimal_places=4, null=True, blank=True, help_text="In per cent.")
    created_date = models.DateField("created at the platform", null=True, blank=True)
    description = models.JSONField(default=dict, blank=True, help_text="Texts by language.")
    thumbnails = models.JSONField(default=dict, blank=True, help_text="Picture addresses by size.")
    listing = models.CharField(max_length=16, choices=Listing.choices, default=Listing.LISTED)
    gone_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField(db_default=Now())
    raw = models.TextField(blank=True, db_default="", help_text="The row as the platform sent it.")
    digest = models.BinaryField(max_length=16, null=True, editable=False)
    custom_title = models.CharField(
        max_length=255, blank=True, db_default="", help_text="Shown by our casino in place of the platform's title."
    )
    custom_thumbnail_url = models.URLField(
        "custom thumbnail", max_length=1000, blank=True, db_default="", help_text="Shown in place of the platform's."
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="games")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="catalog_game_once", fields=["operator", "game_ref"]),
            gone_has_date("catalog_game"),
        ]
        indexes = [
            models.Index("operator", "title", "id", name="catalog_game_title"),
            models.Index("vendor", "id", name="catalog_game_vendor"),
            # The order by title of the casino's site: its own titles before the platform's.
            models.Index(
                Coalesce(NullIf("custom_title", models.Value("")), "title"),
                "id",
                name="catalog_game_shown_title",
                condition=Q(listing=Listing.LISTED),
            ),
        ]

    def __str__(self) -> str:
        return self.custom_title or self.title or f"Game {self.game_ref}"

    @property
    def thumbnail(self) -> str:
        """The address of the picture that our casino shows: its own, or the platform's first; empty for none."""
        return self.custom_thumbnail_url or next(iter(self.thumbnails.values()), "")


class FeaturedGame(models.Model):
    """A game that a casino shows first, in an order of its own."""

    casino = models.ForeignKey(Casino, models.PROTECT, related_name="featured_games")
    game = models.ForeignKey(Game, models.PROTECT, related_name="featured")
    position = models.PositiveIntegerField(default=0, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="catalog_featuredgame_once", fields=["casino", "game"])]

    def __str__(self) -> str:
        return f"{self.position}: {self.game_id}"


class Lobby(models.Model):
    """A vendor's lobby, opened in place of a game."""

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="lobbies", db_index=False)
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
            gone_has_date("catalog_lobby"),
        ]

    def __str__(self) -> str:
        return self.lobby_ref


class Currency(models.Model):
    """A currency or a unit of one: 1 KIDR is `unit_factor` 1,000 of the `base_code` IDR."""

    code = models.CharField(max_length=12, primary_key=True, db_collation="C")
    name = models.CharField(max_length=100, blank=True)
    decimals = models.PositiveSmallIntegerField(default=2)
    is_iso = models.BooleanField("ISO 4217", default=False)
    base_code = models.CharField(max_length=12, blank=True, help_text="The currency that this is a unit of.")
    unit_factor = models.DecimalField(
        max_digits=18, decimal_places=6, default=1, help_text="How much of it one unit is."
    )

    class Meta:
        verbose_name_plural = "currencies"
        constraints = [
            models.CheckConstraint(
                name="catalog_currency_unit_has_base",
                condition=Q(base_code="", unit_factor=1) | (~Q(base_code="") & Q(unit_factor__gt=0)),
                violation_error_message="A unit needs a base currency and a factor above 0; a currency has factor 1.",
            )
        ]

    def __str__(self) -> str:
        return self.code


class OperatorCurrency(models.Model):
    """A currency that an operator's platform offers."""

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="currencies", db_index=False)
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="offers")
    multiplier = models.DecimalField(
        max_digits=24, decimal_places=8, default=1, help_text="Multiplies stakes; it is no exchange rate."
    )
    enabled = models.BooleanField(default=True, help_text="Whether we offer it.")
    listing = models.CharField(max_length=16, choices=Listing.choices, default=Listing.LISTED)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "operator currencies"
        constraints = [
            models.UniqueConstraint(name="catalog_operatorcurrency_once", fields=["operator", "currency"]),
            gone_has_date("catalog_operatorcurrency"),
        ]

    def __str__(self) -> str:
        return self.currency_id


class GameConfiguration(models.Model):
    """A game's figures in one currency; stakes and exposures are minor units (1/100), `max_payout` counts stakes."""

    game = models.ForeignKey(Game, models.PROTECT, related_name="configurations", db_index=False)
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="configurations")
    stakes = ArrayField(models.BigIntegerField(), help_text="In minor units, before the multiplier.")
    currency_multiplier = models.DecimalField(max_digits=24, decimal_places=8, null=True, blank=True)
    expected_rtp = models.DecimalField("expected RTP", max_digits=7, decimal_places=4, null=True, blank=True)
    one_hundred_x_odds = models.DecimalField(
        "odds of 100×",  # noqa: RUF001 - as people write it
        max_digits=30,
        decimal_places=4,
        null=True,
        blank=True,
    )
    max_win_odds = models.DecimalField("odds of the top win", max_digits=30, decimal_places=4, null=True, blank=True)
    max_payout = models.DecimalField("maximum payout", max_digits=30, decimal_places=4, null=True, blank=True)
    max_payout_odds = models.DecimalField(
        "odds of the maximum payout", max_digits=30, decimal_places=4, null=True, blank=True
    )
    max_exposure = models.DecimalField("maximum exposure", max_digits=30, decimal_places=4, null=True, blank=True)
    calculated_max_exposure = models.DecimalField(
        "calculated exposure", max_digits=30, decimal_places=4, null=True, blank=True
    )
    listing = models.CharField(max_length=16, choices=Listing.choices, default=Listing.LISTED)
    gone_at = models.DateTimeField(null=True, blank=True)
    raw = models.TextField(blank=True, help_text="The configuration as the platform sent it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="catalog_gameconfiguration_once", fields=["game", "currency"]),
            gone_has_date("catalog_gameconfiguration"),
        ]

    def __str__(self) -> str:
        return f"{self.game_id} in {self.currency_id}"


class RunState(models.TextChoices):
    """How a synchronisation stands."""

    RUNNING = "running", "Running"
    APPLIED = "applied", "Applied"
    UNCHANGED = "unchanged", "Nothing to change"
    PREVIEWED = "previewed", "Previewed"
    HELD = "held", "Waits for a person"
    FAILED = "failed", "Failed"
    LOST = "lost", "Broken off"


class SyncRun(models.Model):
    """One synchronisation of an operator's catalogue, from its start to what came of it.

    While it runs, `heartbeat_at`, `phase` and the two progress figures are written from a connection of their own. A
    run whose heart has stopped may be declared lost by the next one.
    """

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="sync_runs")
    state = models.CharField(max_length=16, choices=RunState.choices, default=RunState.RUNNING)
    dry_run = models.BooleanField(default=False, help_text="Shows the difference and changes nothing.")
    by = models.CharField(max_length=150)
    task_ref = models.CharField(max_length=64, blank=True, help_text="The background task that does it.")
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    phase = models.CharField(max_length=64, blank=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    agreed_gone = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many rows of a shrunken list a person agreed to lose."
    )
    fetched = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField("new", default=0)
    changed = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    back = models.PositiveIntegerField(default=0)
    resolved = models.PositiveIntegerField(default=0, help_text="Met in play before, and listed now.")
    unreadable = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True, help_text="The same by kind of row.")
    error_code = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = "synchronisation"
        constraints = [
            models.UniqueConstraint(
                name="catalog_syncrun_one_running", fields=["operator"], condition=Q(state="running")
            ),
            models.CheckConstraint(
                name="catalog_syncrun_ended_has_time", condition=Q(state="running") | Q(ended_at__isnull=False)
            ),
            models.CheckConstraint(name="catalog_syncrun_by_someone", condition=~Q(by="")),
        ]
        indexes = [models.Index("operator", models.F("id").desc(), name="catalog_syncrun_newest")]

    def __str__(self) -> str:
        return f"Synchronisation {self.pk}"


class Subject(models.TextChoices):
    """What kind of row a change is about."""

    GAME = "game", "Game"
    LOBBY = "lobby", "Lobby"
    VENDOR = "vendor", "Vendor"
    CURRENCY = "currency", "Currency"
    CONFIGURATION = "configuration", "Game configuration"


class ChangeKind(models.TextChoices):
    """What happened to it."""

    NEW = "new", "New"
    GONE = "gone", "Gone"
    BACK = "back", "Back"
    RESOLVED = "resolved", "Met in play, now listed"
    RENAMED = "renamed", "Renamed"
    RTP = "rtp", "RTP changed"
    COUNTRIES = "countries", "Countries changed"
    SWITCHED = "switched", "Switched by the platform"
    CHANGED = "changed", "Changed otherwise"


class Change(models.Model):
    """One difference that a synchronisation found; it was made unless the run is a preview, or waits for a person.

    `before` and `after` hold the fields that differ.
    """

    # Written by the thousand, in the transaction that ends the run: PostgreSQL would check the same two rows each time.
    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="changes", db_constraint=False)
    operator = models.ForeignKey(
        Operator, models.PROTECT, related_name="catalog_changes", db_constraint=False, db_index=False
    )
    at = models.DateTimeField()
    subject = models.CharField(max_length=16, choices=Subject.choices)
    ref = models.CharField("id", max_length=255, db_collation="C")
    title = models.CharField(max_length=255, blank=True)
    kind = models.CharField(max_length=16, choices=ChangeKind.choices)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index("operator", "subject", "ref", models.F("id").desc(), name="catalog_change_of_row"),
            models.Index("kind", models.F("id").desc(), name="catalog_change_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.title or self.ref}"
