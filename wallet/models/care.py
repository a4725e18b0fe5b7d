"""What staff know of rounds that stay open, and of players: who sees to them, and what was found."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class StuckRound(models.Model):
    """A round that was open an hour after its first movement, for as long as it is; who sees to it, and since when.

    Beat writes it down and takes it off, so that bets pay nothing for the queue.
    """

    round = models.OneToOneField("wallet.Round", models.PROTECT, related_name="stuck", db_constraint=False)
    noted_at = models.DateTimeField()
    stranded_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when it is too old for what is still pending."
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="stuck_rounds"
    )
    owned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [
            ("take_round", "Can take a stuck round, and give it back"),
            ("assign_round", "Can give stuck rounds to others"),
        ]
        constraints = [
            models.CheckConstraint(
                name="wallet_stuckround_owned_since",
                condition=Q(owner__isnull=True, owned_at__isnull=True) | Q(owner__isnull=False, owned_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Stuck round {self.round_id}"


class RoundWatch(models.Model):
    """How far beat has looked for rounds that stay open: up to this round, those still open are in the queue."""

    up_to = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="wallet_roundwatch_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"Looked at up to round {self.up_to}"


class Note(models.Model):
    """What somebody found out or did; added to, never changed."""

    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    text = models.CharField(max_length=2000)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.by} at {self.at:%Y-%m-%d %H:%M}"


class RoundNote(Note):
    """A note on a round."""

    round = models.ForeignKey("wallet.Round", models.PROTECT, related_name="notes", db_constraint=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="wallet_roundnote_says_something", condition=~Q(by="") & ~Q(text=""))
        ]


class PlayerNote(Note):
    """A note on a player, for those who look at the player next."""

    player = models.ForeignKey("wallet.Player", models.PROTECT, related_name="notes")

    class Meta:
        constraints = [
            models.CheckConstraint(name="wallet_playernote_says_something", condition=~Q(by="") & ~Q(text=""))
        ]
