"""The page that a platform opened a game with, in a sandboxed frame of ours; the page around it runs no script at all.

The platform's page is a stranger's. It is answered with a policy that puts it into an origin of its own wherever it is
opened, and so does the frame. What it may do there, and why:

- `allow-scripts`: a game is a script.
- `allow-forms`: such pages often open the game by sending a form.
- `allow-popups`: rules and round histories open in windows of their own, which stay in the sandbox.
- `allow-top-navigation-by-user-activation`: the lobby and cashier buttons lead the whole page away, at a click alone.

Not `allow-same-origin`, with which its scripts would be ours; nor modal dialogs, downloads, or leading the page away
without a click.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET

from wallet.models import LaunchPage
from wallet.services.launch_pages import find_launch_page, list_origins_around

SANDBOX = "allow-scripts allow-forms allow-popups allow-top-navigation-by-user-activation"


@require_GET
@xframe_options_exempt
def show_frame(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the page around a launch's page: a frame and nothing else."""
    page = find_launch_page(token=token, now=timezone.now())
    if page is None:
        return _guard(render(request, "play/gone.html", status=404), "default-src 'none'; style-src 'self'")
    context = {"page": page, "sandbox": SANDBOX, "content": reverse("launch-page-content", args=[token])}
    policy = (
        f"default-src 'none'; style-src 'self'; frame-src 'self' {_schemes()};"
        f" frame-ancestors {_ancestors(page)}; base-uri 'none'; form-action 'none'"
    )
    return _guard(render(request, "play/frame.html", context), policy)


@require_GET
@xframe_options_exempt
def show_content(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the platform's page as it came, for a frame alone."""
    # Every browser of today says what it asks for, at least over TLS; the policy holds in those that do not, too.
    if request.headers.get("Sec-Fetch-Dest", "iframe") != "iframe":
        return HttpResponseForbidden("This page opens inside a frame alone.", content_type="text/plain")
    page = find_launch_page(token=token, now=timezone.now())
    if page is None:
        return _guard(render(request, "play/gone.html", status=404), "default-src 'none'; style-src 'self'")
    policy = (
        f"sandbox {SANDBOX}; default-src {_schemes()} data: blob: 'unsafe-inline' 'unsafe-eval';"
        f" frame-ancestors {_ancestors(page)}; base-uri 'none'"
    )
    return _guard(HttpResponse(page.html), policy)


def _guard(response: HttpResponse, policy: str) -> HttpResponse:
    response["Content-Security-Policy"] = policy
    # The address carries the session's token: neither a platform nor a cache is told of it.
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _ancestors(page: LaunchPage) -> str:
    return " ".join(["'self'", *list_origins_around(page)])


def _schemes() -> str:
    return "https: http:" if settings.PLATFORM_PRIVATE_HOSTS_ALLOWED else "https:"
