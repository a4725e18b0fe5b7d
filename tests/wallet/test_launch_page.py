"""The page that a platform launches with: framed, in an origin of its own, for minutes, and told to nobody."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.operators.making import STAFF
from tests.wallet.opened import Opened
from wallet.models import LaunchPage, Session
from wallet.services.launch import end_session, new_token
from wallet.services.launch_pages import KEPT_FOR, purge_launch_pages
from wallet.tasks import purge_launch_pages as beat

pytestmark = pytest.mark.django_db

PAGE = '<!DOCTYPE html><script>parent.document.title = "mine"</script>" onload="alert(1)'


@pytest.fixture
def opened() -> Opened:
    return Opened(PAGE)


def directives(policy: str) -> dict[str, str]:
    return dict((part.strip() + " ").split(" ", 1) for part in policy.split(";"))


def test_the_frames_page_holds_nothing_of_the_platforms_page(client: Client, opened: Opened) -> None:
    answer = client.get(f"/play/{opened.token}")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "script" not in text.replace("allow-scripts", "")
    assert f'src="/play/{opened.token}/content"' in text
    assert 'sandbox="allow-scripts allow-forms allow-popups allow-top-navigation-by-user-activation"' in text
    assert "allow-same-origin" not in text


def test_the_frames_page_runs_no_script_and_is_framed_by_the_casinos_site_alone(client: Client, opened: Opened) -> None:
    answer = client.get(f"/play/{opened.token}")
    assert {name: value.strip() for name, value in directives(answer["Content-Security-Policy"]).items()} == {
        "default-src": "'none'",
        "style-src": "'self'",
        "frame-src": "'self' https:",
        "frame-ancestors": "'self' https://lucky.example",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert "X-Frame-Options" not in answer


def test_the_platforms_page_comes_as_it_is_and_in_an_origin_of_its_own(client: Client, opened: Opened) -> None:
    answer = client.get(f"/play/{opened.token}/content", headers={"Sec-Fetch-Dest": "iframe"})
    policy = directives(answer["Content-Security-Policy"])
    assert answer.content.decode() == PAGE
    assert policy["sandbox"].split() == [
        "allow-scripts",
        "allow-forms",
        "allow-popups",
        "allow-top-navigation-by-user-activation",
    ]
    assert policy["frame-ancestors"].split() == ["'self'", "https://lucky.example"]
    assert answer["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["", "/content"])
def test_neither_tells_its_address_to_anybody_nor_stays_in_a_cache(client: Client, opened: Opened, path: str) -> None:
    answer = client.get(f"/play/{opened.token}{path}")
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "no-store")


@pytest.mark.parametrize("purpose", ["document", "embed", "script"])
def test_the_platforms_page_does_not_open_outside_a_frame(client: Client, opened: Opened, purpose: str) -> None:
    answer = client.get(f"/play/{opened.token}/content", headers={"Sec-Fetch-Dest": purpose})
    assert (answer.status_code, PAGE in answer.content.decode()) == (403, False)


@pytest.mark.parametrize("path", ["", "/content"])
def test_it_is_gone_after_minutes_with_its_session_and_for_another_token(client: Client, path: str) -> None:
    late, ended = Opened(PAGE, now=timezone.now() - KEPT_FOR), Opened(PAGE)
    end_session(session=ended.session, by=STAFF, now=datetime.now(UTC))
    for token in (late.token, ended.token, new_token()):
        answer = client.get(f"/play/{token}{path}")
        assert (answer.status_code, "open it again" in answer.content.decode()) == (404, True)


def test_pages_whose_time_is_over_are_deleted(opened: Opened) -> None:
    late = Opened(PAGE, now=timezone.now() - KEPT_FOR)
    assert purge_launch_pages(now=timezone.now()) == 1
    assert list(LaunchPage.objects.values_list("session", flat=True)) == [opened.session.pk]
    assert Session.objects.filter(pk=late.session.pk).exists()
    assert beat() == 0


def test_a_page_with_a_null_character_is_kept_without_it() -> None:
    assert Opened(html="<p>\0</p>").session.launch_page.html == "<p></p>"


def test_platforms_without_tls_are_framed_only_where_private_hosts_are_allowed(
    client: Client, opened: Opened, settings: Settings
) -> None:
    settings.PLATFORM_PRIVATE_HOSTS_ALLOWED = True
    policy = directives(client.get(f"/play/{opened.token}")["Content-Security-Policy"])
    assert policy["frame-src"].split() == ["'self'", "https:", "http:"]


@pytest.mark.parametrize("path", ["", "/content"])
def test_the_site_that_the_launch_named_as_home_may_frame_it_too(client: Client, path: str) -> None:
    opened = Opened(PAGE, home_url="https://m.lucky.example:8443/games?x=1")
    policy = directives(client.get(f"/play/{opened.token}{path}")["Content-Security-Policy"])
    assert policy["frame-ancestors"].split() == ["'self'", "https://lucky.example", "https://m.lucky.example:8443"]


def test_an_address_cannot_write_the_policy(client: Client) -> None:
    opened = Opened(PAGE, home_url="https://a;script-src *@m.lucky.example/")
    policy = directives(client.get(f"/play/{opened.token}")["Content-Security-Policy"])
    assert "script-src" not in policy
    assert policy["frame-ancestors"].split() == ["'self'", "https://lucky.example", "https://m.lucky.example"]
