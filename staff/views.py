"""Signing in: user name and password, then the second factor, which is set up where there is none yet."""

from datetime import datetime
from typing import Any

import segno
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from operators.services.audit import name_of
from staff.forms import CodeForm, OwnFactorForm, note_failure, refuse_more
from staff.models import SecondFactor
from staff.services.browsers import read_trier, remember_browser
from staff.services.lock_out import TooManyTries, Trier, count_try, forget_failures, take_back_try
from staff.services.second_factor import (
    begin_enrolment,
    confirm_enrolment,
    enrolment_address,
    find_second_factor,
    prove,
    renew_recovery_codes,
    retire_second_factor,
)
from staff.services.sessions import begin_half_way, begin_session, find_half_way

WRONG = "This code is not right, or was used before. Wait for the next one."


class SignIn(LoginView):
    """Take user name and password, and lead on to the second factor where one is demanded, or was set up."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Go on with a person whose password was right."""
        person, leads_to, now = form.get_user(), self.get_success_url(), timezone.now()
        enrolled = find_second_factor(person) is not None
        if not (enrolled or settings.SECOND_FACTOR):
            return sign_in(self.request, person, HttpResponseRedirect(leads_to), now)
        if not enrolled:
            begin_enrolment(person=person)
        begin_half_way(self.request, person=person, leads_to=leads_to, now=now)
        return HttpResponseRedirect(reverse("admin:second_factor" if enrolled else "admin:enrol"))


def sign_in(request: HttpRequest, person: User, response: HttpResponse, now: datetime) -> HttpResponse:
    """Begin a person's session with an answer."""
    trier = read_trier(request, person.get_username())
    begin_session(request, person=person, now=now)
    forget_failures(trier=trier)
    remember_browser(request, response, person.get_username())
    return response


@never_cache
@csrf_protect
@sensitive_post_parameters()
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code of a person whose password was right, and sign in."""
    now = timezone.now()
    half_way = find_half_way(request, now=now)
    if half_way is None or find_second_factor(half_way[0]) is None:
        return HttpResponseRedirect(reverse("admin:login"))
    person, leads_to = half_way
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and proves(request, form, person, now):
        return sign_in(request, person, HttpResponseRedirect(leads_to), now)
    return show(request, "admin/staff/second_factor.html", {"title": "Second factor", "form": form})


def proves(request: HttpRequest, form: CodeForm, person: User, now: datetime) -> bool:
    """Say whether a form holds a code of the person's; wrong ones count as failures to sign in."""
    trier = read_trier(request, person.get_username())
    try:
        count_try(trier=trier, now=now)
    except TooManyTries as locked:
        form.add_error("code", refuse_more(locked))
        return False
    if prove(person=person, code=form.cleaned_data["code"], by=name_of(person), now=now):
        take_back_try(trier=trier)
        return True
    return refuse(form, trier)


def refuse(form: CodeForm, trier: Trier) -> bool:
    note_failure(trier, "second factor")
    form.add_error("code", WRONG)
    return False


@never_cache
@csrf_protect
@sensitive_post_parameters()
def enrol(request: HttpRequest) -> HttpResponse:
    """Show what an authenticator reads, and have the second factor hold from its first code on."""
    now = timezone.now()
    half_way = find_half_way(request, now=now)
    person, leads_to = half_way or (request.user, reverse("admin:index"))
    factor = SecondFactor.objects.filter(person_id=person.pk, confirmed_at=None).select_related("person").first()
    if factor is None or not isinstance(person, User):
        return HttpResponseRedirect(reverse("admin:index"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        codes = confirm_enrolment(person=person, code=form.cleaned_data["code"], by=name_of(person), now=now)
        if codes:
            response = show_codes(request, codes, leads_to)
            return sign_in(request, person, response, now) if half_way else response
        form.add_error("code", "This code is not right. Is the clock of your device in time?")
    told = {
        "title": "Set up your second factor",
        "form": form,
        "secret": grouped(factor.secret),
        "picture": draw(factor),
    }
    return show(request, "admin/staff/enrol.html", told)


@sensitive_post_parameters()
def own_second_factor(request: HttpRequest) -> HttpResponse:
    """Tell a person of the own second factor, make new recovery codes, or begin anew with another authenticator."""
    person: Any = request.user
    factor, now = find_second_factor(person), timezone.now()
    if factor is None:
        begin_enrolment(person=person)
        return HttpResponseRedirect(reverse("admin:enrol"))
    form = OwnFactorForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and proves(request, form, person, now):
        if form.cleaned_data["wanted"] == "codes":
            codes = renew_recovery_codes(person=person, by=name_of(person))
            return show_codes(request, codes, reverse("admin:own_second_factor"))
        retire_second_factor(person=person, by=name_of(person))
        return HttpResponseRedirect(reverse("admin:own_second_factor"))
    told = {
        "title": "Your second factor",
        "submit_label": "Do it",
        "lead": f"Set up on {factor.confirmed_at:%Y-%m-%d}; {count_left(factor)} recovery codes are left.",
        "back": reverse("admin:index"),
        "form": form,
    }
    return show(request, "admin/act.html", told)


def count_left(factor: SecondFactor) -> int:
    """Count the recovery codes that have not been used."""
    return factor.recovery_codes.filter(used_at=None).count()


def show(request: HttpRequest, template: str, told: dict[str, Any]) -> TemplateResponse:
    return TemplateResponse(request, template, {**admin.site.each_context(request), **told})


def show_codes(request: HttpRequest, codes: list[str], leads_to: str) -> HttpResponse:
    """Show recovery codes, which nobody can show again."""
    told = {"title": "Your recovery codes", "codes": codes, "leads_to": leads_to}
    return show(request, "admin/staff/recovery_codes.html", told)


def draw(factor: SecondFactor) -> SafeString:
    """Return the QR code as an SVG element without styles of its own."""
    code = segno.make(enrolment_address(factor), error="m")
    return SafeString(code.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None))


def grouped(secret: str) -> str:
    """Write a secret in groups of four, for who types it."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
