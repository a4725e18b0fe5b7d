"""How the pages write money, times, ids and labels; also a template library (`{% load display %}`)."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

NOTHING = SafeString('<span class="nothing">–</span>')  # noqa: RUF001 - a dash for the eye


def amount_text(amount: Decimal, *, signed: bool = False) -> str:
    """Write an amount with thousands separators and at least two decimals, more only where they are not zero."""
    whole, _, decimals = f"{amount:{'+' if signed and amount else ''},.8f}".partition(".")
    return f"{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"


@register.simple_tag
def money(amount: Decimal | None, currency: str, *, signed: bool = False) -> SafeString:
    """Write an amount with its currency, a negative one in red."""
    if amount is None:
        return NOTHING
    look = "money negative" if amount < 0 else "money"
    return format_html(
        '<span class="{}">{} <span class="currency">{}</span></span>',
        look,
        amount_text(amount, signed=signed),
        currency,
    )


@register.filter
def ident(text: object) -> SafeString:
    """Write an id in fixed width."""
    return format_html('<code title="{0}">{0}</code>', text) if text not in (None, "") else NOTHING


@register.filter
def moment(at: datetime | None) -> SafeString:
    """Write a time in UTC, to the second, with its zone."""
    if at is None:
        return NOTHING
    utc = at.astimezone(UTC)
    return format_html('<time datetime="{}">{} UTC</time>', utc.isoformat(), f"{utc:%Y-%m-%d %H:%M:%S}")


@register.filter
def coming(at: datetime | None, now: datetime) -> str | SafeString:
    """Write when something happens, which is soon once its time has come."""
    return "Soon" if at is not None and at <= now else moment(at)


@register.filter
def age(span: timedelta) -> str:
    """Write how long something took or has been there, in its two largest units."""
    seconds = int(span.total_seconds())
    days, hours, minutes = seconds // 86400, seconds % 86400 // 3600, seconds % 3600 // 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{seconds} s"


@register.filter
def ago(at: datetime, now: datetime) -> str:
    """Write how long before `now` something was."""
    return age(now - at)


@register.filter
def count(number: int) -> str:
    """Write a count with thousands separators."""
    return f"{number:,}"


@register.filter
def figure(number: Decimal) -> str:
    """Write a number with thousands separators and no needless zeros."""
    return f"{number.normalize():,f}"


@register.filter
def odds(one_in: Decimal | None) -> str | SafeString:
    """Write how likely something is, as platforms tell it: once in so many rounds."""
    return NOTHING if one_in is None else f"1 in {figure(one_in)}"


@register.simple_tag
def chip(text: str, look: str = "") -> SafeString:
    """Write a word as a coloured label; `look` is one of the theme's (success, warning, danger, info) or empty."""
    return SafeString(render_to_string("unfold/helpers/label.html", {"text": text, "type": look}).strip())


def chips(words: list[tuple[str, str]]) -> SafeString:
    """Write several labels, each a word and its look."""
    return format_html_join(" ", "{}", ((chip(word, look),) for word, look in words)) if words else NOTHING


def page(name: str, key: object) -> str:
    """Return the address of a row's page; `name` is app_model."""
    return reverse(f"admin:{name}_change", args=[key])


@register.simple_tag
def link(url: str, text: object) -> SafeString:
    """Write a link."""
    return format_html('<a class="link" href="{}">{}</a>', url, text)


@register.filter
def block(text: str | None) -> SafeString:
    """Write a longer text as it stands, laid out when it is JSON."""
    return format_html('<pre class="block-text">{}</pre>', pretty(text)) if text else NOTHING


@register.filter
def laid_out(value: object) -> str:
    """Lay out a value as JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


# Stands around the digits of a number while its text is laid out, so that they come out as they were written.
MARK = "\ue000"


def pretty(text: str) -> str:
    """Lay out a text that is JSON, its numbers digit for digit; return any other as it is."""
    try:
        value = json.loads(text, parse_float=_marked, parse_int=_marked)
    except (ValueError, RecursionError):
        return text
    laid_out = json.dumps(value, indent=2, ensure_ascii=False)
    return re.sub(f'"{MARK}([^"]*){MARK}"', r"\1", laid_out)


def _marked(digits: str) -> str:
    return f"{MARK}{digits}{MARK}"
