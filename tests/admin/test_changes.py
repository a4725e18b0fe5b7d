"""The feed of what changed at the platforms: in words, with the way to each row, and only what was done."""

import html
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from catalog.admin.differences import list_fields, write_difference
from catalog.models import Change, ChangeKind, RunState, Subject, SyncRun
from tests.admin.house import House, ago
from tests.admin.reading import words_of
from tests.admin.sync_runs import make_change, make_held_run, make_run
from tests.operators.making import make_operator

FEED = reverse("admin:catalog_change_changelist")


@pytest.fixture
def run(house: House) -> SyncRun:
    return make_run(house.operator)


def page_of(change: Change) -> str:
    return reverse("admin:catalog_change_change", args=[change.pk])


def found(client: Client, **query: Any) -> list[int]:
    return [change.pk for change in client.get(FEED, query).context["cl"].result_list]


def difference(kind: ChangeKind, before: dict[str, Any], after: dict[str, Any], subject: str = "game") -> str:
    """The difference of a change in words."""
    written = write_difference(Change(kind=kind, subject=subject, ref="1", before=before, after=after))
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", written)).split())


def test_renamed_game_says_its_old_and_its_new_title() -> None:
    told = write_difference(
        Change(kind="renamed", subject="game", ref="1", before={"title": "Old <b>"}, after={"title": "New"})
    )
    line = '<b>Title</b> <del>Old &lt;b&gt;</del> <span aria-hidden="true">→</span> <ins>New</ins>'
    assert told == f'<div class="difference">{line}</div>'


def test_rtp_is_told_in_per_cent() -> None:
    assert difference(ChangeKind.RTP, {"rtp": 96.5}, {"rtp": 94.1234}) == "RTP 96.5 % → 94.1234 %"
    assert difference(ChangeKind.RTP, {"rtp": None}, {"rtp": 100}) == "RTP none → 100 %"
    assert difference(ChangeKind.RTP, {"expected_rtp": 95}, {"expected_rtp": 95.5}, "configuration") == (
        "Expected RTP 95 % → 95.5 %"
    )


def test_countries_are_told_by_name_added_and_removed() -> None:
    before = {"prohibited_countries": ["US", "IT"], "restricted_countries": []}
    after = {"prohibited_countries": ["US", "FR", "DE"], "restricted_countries": ["CA-ON"]}
    told = difference(ChangeKind.COUNTRIES, before, after, "vendor")
    assert told == (
        "Prohibited countries added France (FR), Germany (DE) ; removed Italy (IT) "
        "Restricted countries added Canada: CA-ON (CA-ON)"
    )


def test_many_countries_are_counted_in_the_feed_and_told_in_full_on_the_page() -> None:
    codes = ["AT", "BE", "CH", "DE", "ES", "FR", "GB", "IT"]
    change = Change(
        kind="countries",
        subject="vendor",
        ref="a",
        before={"restricted_countries": ["US"]},
        after={"restricted_countries": ["US", *codes]},
    )
    told = "Austria (AT), Belgium (BE), France (FR), Germany (DE), Italy (IT), Spain (ES) and 2 more"
    assert told in write_difference(change)
    name, before, after = list_fields(change)[0]
    assert (name, before) == ("Restricted countries", "United States (US)")
    assert after == (
        "Austria (AT), Belgium (BE), France (FR), Germany (DE), Italy (IT), Spain (ES), Switzerland (CH), "
        "United Kingdom (GB), United States (US)"
    )


@pytest.mark.parametrize(
    ("subject", "field", "before", "after", "told"),
    [
        ("game", "platform_enabled", True, False, "On at the platform yes → no"),
        ("vendor", "online", False, True, "Reachable no → yes"),
        ("game", "fun_mode", True, False, "Fun mode yes → no"),
        ("game", "vendor", "aurora", "", "Vendor aurora → none"),
        ("game", "game_type", "slots", "live", "Type slots → live"),
        ("game", "created_date", None, "2024-05-10", "Created at the platform none → 2024-05-10"),
        ("currency", "multiplier", 1, 1000.5, "Multiplier 1 → 1,000.5"),
        ("configuration", "stakes", [20, 40, 100], [40, 100, 250_000], "Stakes added 2,500.00 ; removed 0.20"),
        ("configuration", "max_exposure", 1_000_000, 2_000_050, "Maximum exposure 10,000.00 → 20,000.50"),
        ("configuration", "stakes", [20, 40], [40, 20], "Stakes in another order"),
        ("configuration", "max_payout", 5000, 10_000, "Maximum payout 5,000 → 10,000"),
        ("game", "description", {"e": 1, "d": 1}, {"e": 2, "f": 1}, "Description added f ; removed d ; changed e"),
        ("game", "thumbnails", {"1x1": "https://a"}, {"1x1": "https://b"}, "Thumbnails changed 1x1"),
        ("vendor", "categories", [{"name": "live"}], [], 'Categories removed { "name": "live" }'),
        ("game", "game_type", "x" * 90, "y", f"Type {'x' * 80}… → y"),
    ],
)  # fmt: skip
def test_field_is_told_as_its_page_tells_it(subject: str, field: str, before: Any, after: Any, told: str) -> None:
    assert difference(ChangeKind.CHANGED, {field: before}, {field: after}, subject) == told


def test_new_row_is_told_by_what_it_is_known_by() -> None:
    facts = {"title": "Hidden", "vendor": "aurora", "game_type": "slots", "platform": "", "rtp": 96.5, "fun_mode": True}
    assert difference(ChangeKind.NEW, {}, facts) == "Vendor aurora , Type slots , RTP 96.5 %"


def test_row_that_is_gone_or_back_says_no_more_than_that() -> None:
    assert difference(ChangeKind.GONE, {}, {}) == "–"  # noqa: RUF001 - a dash for the eye
    assert difference(ChangeKind.BACK, {}, {}) == "–"  # noqa: RUF001 - a dash for the eye


def test_feed_tells_what_was_done_newest_first(boss: Client, house: House, run: SyncRun) -> None:
    renamed = make_change(run, ChangeKind.RENAMED, "200", before={"title": "Old"}, after={"title": "New"}, title="New")
    gone = make_change(run, ChangeKind.GONE, "201")
    held = make_held_run(house.operator)
    shown = make_run(house.operator, RunState.PREVIEWED, dry_run=True)
    make_change(shown, ChangeKind.GONE, "202")
    assert found(boss, operator__id__exact=house.operator.pk) == [gone.pk, renamed.pk]
    words = words_of(boss.get(FEED))
    assert "Renamed New Game 200 Title Old → New" in words
    assert f"Gone Game 201 Game 201 – {house.operator.name}" in words  # noqa: RUF001 - a dash for the eye
    assert len(found(boss, run__id__exact=held.pk)) == 4


def test_feed_is_filtered_and_searched(boss: Client, house: House, run: SyncRun) -> None:
    other = make_run(make_operator(house.casino))
    old = make_change(run, ChangeKind.NEW, "1", at=ago(days=3), title="Book of Tides")
    rtp = make_change(run, ChangeKind.RTP, "2", title="Tide Pool")
    vendor = make_change(run, ChangeKind.COUNTRIES, "aurora", Subject.VENDOR, title="Aurora")
    theirs = make_change(other, ChangeKind.RTP, "1", title="Sandstorm")
    assert found(boss, operator__id__exact=other.operator_id) == [theirs.pk]
    assert found(boss, kind__exact="rtp") == [theirs.pk, rtp.pk]
    assert found(boss, kind__exact=["rtp", "new"]) == [theirs.pk, rtp.pk, old.pk]
    assert found(boss, subject__exact="vendor") == [vendor.pk]
    assert found(boss, at_to_0=f"{ago(days=1):%Y-%m-%d}") == [old.pk]
    assert found(boss, q="tide") == [rtp.pk, old.pk]
    assert found(boss, q="aurora") == [vendor.pk]
    assert found(boss, q="1") == [theirs.pk, old.pk]


def test_feed_leads_to_the_page_of_each_row(boss: Client, house: House, run: SyncRun) -> None:
    lobby = house.add_lobby("live")
    vendor = house.operator.vendors.create(vendor_ref="aurora", title="Aurora")
    other = make_operator(house.casino)
    other.vendors.create(vendor_ref="borealis")
    changes = [
        make_change(run, ChangeKind.RTP, house.game.game_ref),
        make_change(run, ChangeKind.NEW, "live", Subject.LOBBY),
        make_change(run, ChangeKind.NEW, "aurora", Subject.VENDOR),
        make_change(run, ChangeKind.NEW, f"{house.game.game_ref} EUR", Subject.CONFIGURATION),
        make_change(run, ChangeKind.NEW, "borealis", Subject.VENDOR),
    ]
    page = boss.get(FEED).content.decode()
    game = reverse("admin:catalog_game_change", args=[house.game.pk])
    assert page.count(f'href="{game}"') == 2
    assert page.count(f'href="{reverse("admin:catalog_lobby_change", args=[lobby.pk])}"') == 1
    assert page.count(f'href="{reverse("admin:catalog_vendor_change", args=[vendor.pk])}"') == 1
    assert len(re.findall(r"/admin/catalog/vendor/\d+/change/", page)) == 1
    assert {page_of(change) in page for change in changes} == {True}


def test_feed_asks_the_database_as_often_for_many_changes_as_for_few(
    boss: Client, house: House, run: SyncRun, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_change(run, ChangeKind.NEW, "1")
    boss.get(FEED)
    with django_assert_num_queries(4):
        boss.get(FEED)
    for number in range(20):
        make_change(make_run(make_operator(house.casino)), ChangeKind.NEW, f"{number}")
    with django_assert_num_queries(4):
        assert len(boss.get(FEED).context["cl"].result_list) == 21


def test_list_of_a_run_says_whose_it_is_and_that_nothing_was_done(boss: Client, house: House, run: SyncRun) -> None:
    make_change(run, ChangeKind.GONE, "1")
    held = make_held_run(house.operator)
    words = words_of(boss.get(FEED, {"run__id__exact": held.pk}))
    assert f"What synchronisation {held.pk} of {house.operator.name} found at" in words
    assert "Nothing of it was done." in words
    words = words_of(boss.get(FEED, {"run__id__exact": run.pk}))
    assert f"What synchronisation {run.pk} of {house.operator.name} changed at" in words
    assert "Nothing of it was done." not in words


@pytest.mark.parametrize("run_id", ["x", "²", "9" * 30])
def test_list_of_a_run_that_there_is_not_is_empty_or_led_away(boss: Client, run: SyncRun, run_id: str) -> None:
    make_change(run, ChangeKind.GONE, "1")
    answer = boss.get(FEED, {"run__id__exact": run_id})
    assert answer.status_code == 302 or not answer.context["cl"].result_list


def test_page_of_a_change_tells_it_whole(boss: Client, house: House, run: SyncRun) -> None:
    texts = {"en": "A long story. " * 20, "de": "Lang."}
    facts = {"description": texts, "created_date": str(date(2024, 5, 10)), "rtp": None, "thumbnails": {}}
    change = make_change(run, ChangeKind.CHANGED, house.game.game_ref, before=facts, after={**facts, "rtp": 97})
    answer = boss.get(page_of(change))
    words = words_of(answer)
    assert "A long story. " * 19 in words
    assert "RTP none 97 %" in words
    assert "Thumbnails none none" in words
    assert "Not done" not in words
    assert reverse("admin:catalog_game_change", args=[house.game.pk]) in answer.content.decode()


def test_page_of_a_change_that_was_only_found_says_so(boss: Client, house: House) -> None:
    held = make_held_run(house.operator)
    answer = boss.get(page_of(held.changes.get(kind="new")))
    assert "Not done: the synchronisation only found it." in words_of(answer)
    assert "Field Value RTP 96.5 % Vendor aurora" in words_of(answer)
