"""Who sees which page: every page of the admin, as every role and as nobody, against one table."""

import logging
import re
from collections.abc import Iterable, Iterator

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from staff.management.commands.freeze_roles import newest_copy, text_of_roles
from staff.roles import ADMINISTRATOR, COMPLIANCE, CONTENT, FINANCE, READ_ONLY, ROLES, SUPPORT
from tests.admin.every_page import list_pages, make_rows, name_pages
from tests.admin.house import House, hire
from tests.wallet.world import Seat

Who = set[str]
EVERYBODY: Who = set(ROLES)
NOBODY: Who = set()
MONEY: Who = EVERYBODY - {CONTENT}
CARERS: Who = {SUPPORT, COMPLIANCE}
EDITORS: Who = {CONTENT, ADMINISTRATOR}
PROVERS: Who = {FINANCE, COMPLIANCE, READ_ONLY, ADMINISTRATOR}
WATCHERS: Who = {COMPLIANCE, READ_ONLY, ADMINISTRATOR}
TECHNICIANS: Who = {READ_ONLY, ADMINISTRATOR}
ADMINISTRATORS: Who = {ADMINISTRATOR}

# By model, and there by page: `see` is the list, a row's page and its history. Nobody adds or deletes but who is named.
TABLE: dict[str, dict[str, Who]] = {
    "": {
        "index search jsi18n password_change password_change_done own_second_factor": EVERYBODY,
        "app_list": MONEY,  # the wallet's
    },
    "wallet.ledgerrow": {"see": MONEY, "force_cancel": {SUPPORT, FINANCE}},
    "wallet.round": {
        "see": MONEY,
        "force_close": {SUPPORT, FINANCE},
        "take release note": {SUPPORT, FINANCE, COMPLIANCE},
        "assign": {FINANCE, COMPLIANCE},
    },
    "wallet.stuckround": {"see": MONEY},
    "wallet.transaction": {"see": MONEY},
    "wallet.ledgerverification": {"see": PROVERS},
    "wallet.player": {
        "see limits why why_not why_games": MONEY,
        "note": {SUPPORT, FINANCE, COMPLIANCE},
        "block unblock self_exclude cool_off set_limit mark_test": CARERS,
        "launch games": {SUPPORT},
        "adjust": {SUPPORT, FINANCE},
    },
    # Withdrawn by whoever asked, who is none of these.
    "wallet.approvalrequest": {"see": MONEY, "approve reject": {FINANCE}, "withdraw": NOBODY},
    "wallet.ceiling": {"see": MONEY, "add set_amounts": ADMINISTRATORS},
    "wallet.session": {"see": MONEY, "end": CARERS},
    "wallet.limitrefusal": {"see": MONEY},
    "wallet.waitingcall": {"see": MONEY, "again settle approve refuse": {FINANCE}},
    "geoblock.blockedlaunch": {"see by_country": MONEY},
    "geoblock.georules": {
        "see rules simulator": MONEY,
        "edit editor approve reject withdraw bring_back": {COMPLIANCE, ADMINISTRATOR},
    },
    "catalog.change": {"see": EVERYBODY},
    "catalog.currency": {"see": EVERYBODY, "correct": {FINANCE, ADMINISTRATOR}},
    "catalog.featuredgame": {"see": EVERYBODY, "games": EDITORS},
    "catalog.game": {
        "see lobby_preview unmapped": EVERYBODY,
        "switch_off switch_on switch_many present choose_tags tag_many feature_many synchronise": EDITORS,
    },
    "catalog.gameconfiguration": {"see": EVERYBODY},
    "catalog.lobby": {"see": EVERYBODY, "switch_off switch_on switch_many": EDITORS},
    "catalog.operatorcurrency": {"see": EVERYBODY, "switch_off switch_on switch_many": {FINANCE, ADMINISTRATOR}},
    "catalog.syncrun": {"see asked progress": EVERYBODY, "synchronise apply agree": EDITORS},
    "catalog.tag": {"see": EVERYBODY, "add rename remove": EDITORS},
    "catalog.vendor": {"see": EVERYBODY, "switch_off switch_on switch_many": EDITORS},
    "operators.casino": {"see": MONEY, "add edit": ADMINISTRATORS},
    "operators.operator": {
        "see export_settings": MONEY,
        "add edit edit_settings editor demand_second_person": ADMINISTRATORS,
        "test activate suspend terminate rotate retire": ADMINISTRATORS,
    },
    "operators.settingsversion": {"see": MONEY, "approve reject withdraw bring_back": ADMINISTRATORS},
    "operators.exchange": {"see": MONEY},
    "operators.apikey": {"see": TECHNICIANS, "add revoke": ADMINISTRATORS},
    "operators.auditentry": {"see": MONEY},
    "django_celery_beat.periodictask": {"see": TECHNICIANS, "add reschedule run_now": ADMINISTRATORS},
    "auth.user": {"see": WATCHERS, "add password_change set_password reset_factor": ADMINISTRATORS},
    "auth.group": {"see": WATCHERS},
    "staff.signincount": {"see": WATCHERS, "unlock": ADMINISTRATORS},
}
# Before one is signed in; Django's own: one asks the permission to see what it completes, the other leads nowhere here.
OPEN = {"login", "logout", "second_factor", "enrol"}
DJANGOS = {"autocomplete", "view_on_site"}
# They answer nothing but a POST, which changes nothing.
ANSWERING = {"operators.operator: editor", "geoblock.georules: editor"}

# Whose links lead to many others; not all of them, since each link is followed as each role.
FULL_OF_LINKS = (
    "index",
    "wallet.player: change",
    "wallet.player: limits",
    "wallet.round: change",
    "wallet.ledgerrow: change",
    "wallet.approvalrequest: change",
)


def expand(table: dict[str, dict[str, Who]]) -> Iterator[tuple[str, Who]]:
    """Each page with whose it is."""
    for model, pages in table.items():
        named = {page: who for names, who in pages.items() for page in names.split()}
        seen = named.pop("see", None)
        if seen is not None:
            named = {"add": NOBODY, "delete": NOBODY, "changelist": seen, "change": seen, "history": seen} | named
        yield from ((f"{model}: {page}" if model else page, who) for page, who in named.items())


WHOSE = dict(expand(TABLE))


@pytest.fixture
def pages(house: House, seat: Seat) -> Iterator[dict[str, str]]:
    """All pages by their names, of which refusals are not logged."""
    log = logging.getLogger("django.request")
    level = log.level
    log.setLevel(logging.CRITICAL)
    yield list_pages(make_rows(house, seat))
    log.setLevel(level)


@pytest.fixture
def unwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page is written out: whether one may see it is known before."""
    empty = property(lambda _self: "")
    monkeypatch.setattr("django.template.response.SimpleTemplateResponse.rendered_content", empty)


def open_pages(client: Client, pages: dict[str, str], names: Iterable[str]) -> set[str]:
    """The pages among these that open."""
    answers = {
        name: client.post(pages[name]) if name in ANSWERING else client.get(pages[name]) for name in sorted(names)
    }
    assert {answer.status_code for answer in answers.values()} <= {200, 302, 403, 404}
    login = reverse(settings.LOGIN_URL)
    return {
        name
        for name, answer in answers.items()
        if answer.status_code == 200 or answer.headers.get("Location", login).partition("?")[0] != login
    }


def at_work(role: str) -> Client:
    """The browser of somebody who has that role alone."""
    person, client = hire(role), Client()
    person.groups.set([Group.objects.get(name=role)])
    client.force_login(person)
    return client


def test_the_table_has_every_page(db: None) -> None:
    """A new page needs its line in TABLE, and a new model its row in every_page.py."""
    assert sorted(set(name_pages()) - OPEN - DJANGOS) == sorted(WHOSE)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.usefixtures("unwritten")
def test_role_opens_its_pages_and_is_refused_all_others(pages: dict[str, str], role: str) -> None:
    client = at_work(role)
    own = {page for page, who in WHOSE.items() if role in who}
    assert open_pages(client, pages, WHOSE) == own
    posted = {page: client.post(pages[page]).status_code for page in sorted(set(WHOSE) - own - {"app_list"})}
    assert posted == dict.fromkeys(posted, 403)
    entries = list_sidebar(client)
    shown = {link for link, is_shown in entries.items() if is_shown}
    assert shown == entries.keys() & {pages[page] for page in own}


def test_no_link_of_a_page_leads_where_who_reads_it_may_not(pages: dict[str, str]) -> None:
    for role in ROLES:
        client = at_work(role)
        read = [client.get(pages[page]).content.decode() for page in FULL_OF_LINKS if role in WHOSE[page]]
        # One of each kind.
        links = {re.sub(r"\d+|\?.*", "", link): link for page in read for link in links_of(page)}.values()
        refused = {link for link in links if client.get(link).status_code == 403}
        assert (role, refused) == (role, set())
    assert re.search(r"/admin/operators/auditentry/\d+/change/", " ".join(links))


def links_of(page: str) -> list[str]:
    """Where the part of a page that is its own leads to."""
    return re.findall(r'<a [^>]*href="(/admin/[^"#]+)"', page.partition('id="content"')[2].replace("&amp;", "&"))


def list_sidebar(client: Client) -> dict[str, bool]:
    """Where the sidebar leads, and whether it says so to whom the browser belongs."""
    groups = admin.site.get_sidebar_list(client.get(reverse("admin:index")).wsgi_request)  # type: ignore[attr-defined]
    return {str(item["link"]): bool(item["has_permission"]) for group in groups for item in group["items"]}


def test_superuser_opens_whatever_a_role_does(pages: dict[str, str], boss: Client) -> None:
    somebodys = {page for page, who in WHOSE.items() if who}
    assert open_pages(boss, pages, somebodys) == somebodys


@pytest.mark.usefixtures("unwritten")
def test_nobody_opens_anything_and_a_person_without_a_role_only_what_is_everybodys(pages: dict[str, str]) -> None:
    everybodys = {page for page, who in WHOSE.items() if who == EVERYBODY and ":" not in page}
    nobody, player, newcomer = Client(), Client(), Client()
    player.force_login(User.objects.create_user("player"))
    newcomer.force_login(hire("newcomer"))
    assert open_pages(nobody, pages, WHOSE) == open_pages(player, pages, WHOSE) == set()
    assert open_pages(newcomer, pages, WHOSE) == everybodys


def test_groups_of_the_database_are_the_roles_of_the_table(db: None) -> None:
    permissions = Permission.objects.values_list("group__name", "content_type__app_label", "codename")
    found = {(role, f"{app}.{name}") for role, app, name in permissions.filter(group__isnull=False).order_by("pk")}
    wanted = {(role, permission) for role, permissions in ROLES.items() for permission in permissions}
    assert found == wanted, "run `manage.py freeze_roles`"


def test_migration_has_the_table_of_today() -> None:
    assert newest_copy().read_text() == text_of_roles(), "run `manage.py freeze_roles`"
