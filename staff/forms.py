"""What is asked of a person who signs in."""

from datetime import UTC
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone

from config.theme import AuthenticationForm, Select, TextInput
from operators.services.audit import write_audit_entry
from staff.services.browsers import read_trier
from staff.services.lock_out import NOBODY, TooManyTries, Trier, count_try, name_or_digest, take_back_try


def refuse_more(locked: TooManyTries) -> ValidationError:
    """Say when there may be another try, which is the same whoever there is."""
    until = f"{locked.until.astimezone(UTC):%H:%M} UTC"
    return ValidationError(
        f"Too many tries. The next one can be made at {until}, or once an administrator unlocks you."
    )


def note_failure(trier: Trier, why: str) -> None:
    """Write down that somebody could not sign in."""
    person = User.objects.filter(username=trier.username).first()
    subject = person or name_or_digest(trier.username)
    write_audit_entry(by=NOBODY, action="sign_in_failed", subject=subject, details={"why": why})


class SignInForm(AuthenticationForm):
    """User name and password, of staff."""

    def clean(self) -> dict[str, Any]:
        """Check the password, unless too many were wrong."""
        if set(self.cleaned_data) != {"username", "password"} or self.request is None:
            return self.cleaned_data
        trier = read_trier(self.request, self.cleaned_data["username"])
        try:
            count_try(trier=trier, now=timezone.now())
            super().clean()
        except TooManyTries as locked:
            raise refuse_more(locked) from locked
        except ValidationError:
            note_failure(trier, "user name or password")
            raise
        take_back_try(trier=trier)
        return self.cleaned_data


class CodeForm(forms.Form):
    """A code of the second factor."""

    code = forms.CharField(
        max_length=40,
        widget=TextInput(attrs={"autofocus": "", "autocomplete": "one-time-code", "spellcheck": "false"}),
    )


class OwnFactorForm(CodeForm):
    """What to do about one's own second factor, and a code from it."""

    wanted = forms.ChoiceField(
        label="Do",
        choices=[("codes", "Make new recovery codes"), ("authenticator", "Set up another authenticator")],
        widget=Select(),
    )
    field_order = ("wanted", "code")
