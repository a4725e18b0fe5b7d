"""HTML from templates: what is not already HTML is escaped."""

from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from string import Template

import falcon

TEMPLATES = Path(__file__).with_name("templates")


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def render(template: str, **values: object) -> Html:
    """Fill `templates/<template>.html`, whose places are written `$name`."""
    return Html(_load(template).substitute({name: _as_html(value) for name, value in values.items()}))


def join(parts: Iterable[Html]) -> Html:
    return Html("".join(parts))


def show_page(response: falcon.Response, title: str, content: Html, *, body_class: str, script: str = "") -> None:
    """Answer with a whole page around some content."""
    head = render("script", name=script) if script else Html()
    response.content_type = falcon.MEDIA_HTML
    response.text = render("page", title=title, content=content, body_class=body_class, script=head)


@cache
def _load(template: str) -> Template:
    return Template((TEMPLATES / f"{template}.html").read_text("utf-8"))


def _as_html(value: object) -> str:
    return value if isinstance(value, Html) else escape(str(value))
