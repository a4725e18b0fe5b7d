"""The second factor: codes from an authenticator (RFC 6238), and recovery codes for when it is lost."""

import base64
import secrets
from datetime import datetime

from cryptography.hazmat.primitives import constant_time
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import salted_hmac

from operators.selectors.refusals import Refusal
from operators.services.audit import write_audit_entry
from staff.models import RecoveryCode, SecondFactor
from staff.services.sessions import end_sessions

# What every authenticator takes; some ignore other values silently.
STEP = 30
DIGITS = 6
# An authenticator's clock may be a step off, either way.
DRIFTS = (0, -1, 1)
RECOVERY_CODES = 10
ISSUER = "Back office"


class OwnSecondFactor(Refusal):
    """Nobody takes away one's own: whoever found a signed-in browser could."""

    code = "own_second_factor"


def find_second_factor(person: User) -> SecondFactor | None:
    """Return a person's second factor, if codes have come from it."""
    return SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).first()


def begin_enrolment(*, person: User) -> None:
    """Give a person without a second factor the secret of a new one, which holds from its first code on."""
    SecondFactor.objects.filter(person=person, confirmed_at=None).delete()
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    SecondFactor.objects.get_or_create(person=person, defaults={"secret": secret})


def enrolment_address(factor: SecondFactor) -> str:
    """Return what an authenticator reads from the QR code."""
    return _totp(factor).get_provisioning_uri(factor.person.get_username(), ISSUER)


def confirm_enrolment(*, person: User, code: str, by: str, now: datetime) -> list[str]:
    """Have a second factor hold, by a code from it. Returns the recovery codes, of which nobody can tell any again.

    An empty list says that the code was wrong.
    """
    with transaction.atomic():
        factor = _lock(person, confirmed_at=None)
        if factor is None or not _take_code(factor, code, now):
            return []
        factor.confirmed_at = now
        factor.save()
        write_audit_entry(by=by, action="enrol_second_factor", subject=person)
        return _make_recovery_codes(factor)


def prove(*, person: User, code: str, by: str, now: datetime) -> bool:
    """Say whether a code is a person's, from the authenticator or a recovery code. Each is taken once."""
    with transaction.atomic():
        factor = _lock(person, confirmed_at__isnull=False)
        if factor is None:
            return False
        if _take_code(factor, code, now):
            factor.save()
            return True
        return _take_recovery_code(factor, code, by=by, now=now)


def renew_recovery_codes(*, person: User, by: str) -> list[str]:
    """Put new recovery codes in place of a person's old ones."""
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update(of=("self",)).get(person=person)
        factor.recovery_codes.all().delete()
        write_audit_entry(by=by, action="renew_recovery_codes", subject=person)
        return _make_recovery_codes(factor)


def retire_second_factor(*, person: User, by: str) -> None:
    """Take a person's second factor away, who has just proved to have it and sets up another."""
    with transaction.atomic():
        SecondFactor.objects.filter(person=person).delete()
        write_audit_entry(by=by, action="retire_second_factor", subject=person)


def reset_second_factor(*, person: User, reason: str, by: str, is_own: bool) -> None:
    """Take a lost second factor away, and end the person's sessions; the next sign-in asks for a new one.

    :raises OwnSecondFactor: it is the own one.
    """
    if is_own:
        raise OwnSecondFactor("Your own second factor is taken away by somebody else.")
    with transaction.atomic():
        SecondFactor.objects.filter(person=person).delete()
        ended = end_sessions(person=person)
        details = {"reason": reason, "sessions_ended": ended}
        write_audit_entry(by=by, action="reset_second_factor", subject=person, details=details)


def _lock(person: User, **state: object) -> SecondFactor | None:
    return SecondFactor.objects.select_for_update(of=("self",)).filter(person=person, **state).first()


def _totp(factor: SecondFactor) -> TOTP:
    return TOTP(base64.b32decode(factor.secret), DIGITS, SHA1(), STEP)  # noqa: S303 - what authenticators speak


def _take_code(factor: SecondFactor, code: str, now: datetime) -> bool:
    """Say whether a code is right and of a later step than any before, and remember its step."""
    given = "".join(code.split()).encode()
    current = int(now.timestamp()) // STEP
    for step in (current + drift for drift in DRIFTS):
        if step > factor.last_step and constant_time.bytes_eq(_totp(factor).generate(step * STEP), given):
            factor.last_step = step
            return True
    return False


def _take_recovery_code(factor: SecondFactor, code: str, *, by: str, now: datetime) -> bool:
    unused = factor.recovery_codes.filter(digest=_digest(factor, code), used_at=None)
    if not unused.update(used_at=now):
        return False
    left = factor.recovery_codes.filter(used_at=None).count()
    write_audit_entry(by=by, action="use_recovery_code", subject=factor.person, details={"left": left})
    return True


def _make_recovery_codes(factor: SecondFactor) -> list[str]:
    texts = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, digest=_digest(factor, text)) for text in texts)
    return ["-".join(text[start : start + 4] for start in range(0, 16, 4)) for text in texts]


def _digest(factor: SecondFactor, code: str) -> str:
    """Return a code's digest under SECRET_KEY: 80 random bits need no slow hash, and the table alone tells nothing."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return salted_hmac("staff.second_factor", f"{factor.pk} {plain}", algorithm="sha256").hexdigest()
