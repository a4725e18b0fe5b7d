"""What a person proves at sign-in beside the password, and how often who failed to."""

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q

from operators.fields import SecretField


class Person(User):
    """A member of staff, as far as others have a say in it."""

    class Meta:
        proxy = True
        default_permissions = ()
        permissions = [
            ("assign_roles", "Can say which roles another person has"),
            ("reset_second_factor", "Can take a lost second factor away from a person"),
        ]


class SecondFactor(models.Model):
    """The secret that a person's authenticator makes its codes from."""

    person = models.OneToOneField(User, models.CASCADE, related_name="second_factor")
    secret = SecretField(help_text="In base 32, as it is typed into an authenticator.")
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="When the first code from it was right.")
    last_step = models.BigIntegerField(default=0, help_text="No code of that step of time, or of one before, is taken.")

    class Meta:
        constraints = [models.CheckConstraint(name="staff_secondfactor_has_secret", condition=~Q(secret=""))]

    def __str__(self) -> str:
        return f"second factor of {self.person_id}"


class RecoveryCode(models.Model):
    """The digest of a code that stands in for the authenticator, once."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="staff_recoverycode_once", fields=["factor", "digest"])]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class Counted(models.TextChoices):
    """By what failures to sign in are counted."""

    NAME = "name", "User name"
    BROWSER = "browser", "Browser known to a person"
    ADDRESS = "address", "Address"


class SignInCount(models.Model):
    """How often somebody failed to sign in lately, and until when no more is tried."""

    counted = models.CharField(max_length=8, choices=Counted.choices)
    subject = models.CharField(max_length=200)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "lock-out"
        constraints = [models.UniqueConstraint(name="staff_signincount_once", fields=["counted", "subject"])]

    def __str__(self) -> str:
        return f"{self.get_counted_display()} {self.subject}"
