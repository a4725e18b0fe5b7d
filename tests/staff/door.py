"""People at the admin's door, with authenticators."""

import base64
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from operators.models import AuditEntry
from staff.models import SecondFactor

PASSWORD = "correct horse"
LOGIN = "/admin/login/"
PROVE = "/admin/second-factor/"
ENROL = "/admin/enrol/"


def code_of(secret: str, at: datetime) -> str:
    """The code that an authenticator shows at a time."""
    return TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(int(at.timestamp())).decode()  # noqa: S303


@dataclass
class Visitor:
    """A browser at an address."""

    address: str = "203.0.113.7"
    client: Client = field(default_factory=Client)

    def get(self, page: str = "/admin/") -> Any:
        return self.client.get(page, REMOTE_ADDR=self.address)

    def post(self, page: str, **told: str) -> Any:
        return self.client.post(page, told, REMOTE_ADDR=self.address)

    def log_in(self, username: str, password: str = PASSWORD) -> Any:
        return self.post(LOGIN, username=username, password=password)

    def is_in(self) -> bool:
        return bool(self.get().status_code == 200)


def faults(answer: Any) -> list[str]:
    """What a form complains of."""
    return [fault for told in answer.context["form"].errors.values() for fault in told]


def enrolled(person: User, *, at: datetime) -> str:
    """The secret of a second factor that a person has set up."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    SecondFactor.objects.create(person=person, secret=secret, confirmed_at=at)
    return secret


def entries(*actions: str) -> list[tuple[str, str, str]]:
    """Who did what to whom, of these kinds, the oldest first."""
    rows = AuditEntry.objects.filter(action__in=actions) if actions else AuditEntry.objects.all()
    return list(rows.order_by("pk").values_list("by", "action", "subject"))


def codes_on(page: str) -> list[str]:
    return re.findall(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){3}", page)


def act_on(person: User, act: str) -> str:
    return reverse(f"admin:auth_user_{act}", args=[person.pk])
