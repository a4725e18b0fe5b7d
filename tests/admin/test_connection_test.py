"""“Test connection” in the admin: who may, what the page shows, and that no secret is on it."""

import secrets
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django import Settings

from operators.models import AuditEntry, Exchange, Operator, Protocol
from tests.admin.browser import browsing, fits, make_chief, serving, sign_in
from tests.operators.making import make_casino, make_operator
from tests.operators.platform_stub import Answer, Stub, run_stub
from tests.sandbox.platform_process import ACCOUNTS, PlatformProcess, environment_for, run_platform
from tests.sandbox.reference_server import serve
from tests.sandbox.reference_wallet import ReferenceWallet

LOBBIES = "/api/generic/lobbies/list/all"
SECRET = "never-to-be-seen-0123456789"


@pytest.fixture(autouse=True)
def private_hosts(settings: Settings) -> None:
    settings.PLATFORM_PRIVATE_HOSTS_ALLOWED = True


@pytest.fixture
def stub() -> Iterator[Stub]:
    with run_stub() as stub:
        yield stub


@pytest.fixture(scope="module")
def sandbox() -> Iterator[PlatformProcess]:
    wallet = ReferenceWallet()
    with serve(wallet) as server, run_platform(wallet, environment_for(server.wallet_url, wallet)) as running:
        yield running


def account(host: str, protocol: str = Protocol.GENERIC, secret: str = SECRET) -> Operator:
    return make_operator(make_casino(), active=False, protocol=protocol, api_host=host, secret=secret)


def page_of(operator: Operator) -> str:
    return reverse("admin:operators_operator_test", args=[operator.pk])


def test_page_says_what_it_would_do_and_does_nothing_yet(boss: Client, stub: Stub) -> None:
    operator = account(stub.url)
    text = boss.get(page_of(operator)).content.decode()
    assert "Asks the platform for its list of lobbies, once." in text
    assert "Test now" in text
    assert stub.asked == []


def test_accepted_call_is_shown_with_what_was_signed(boss: Client, stub: Stub) -> None:
    stub.lay_json(LOBBIES, {"lobbies": [{"lobby_id": 1}]})
    operator = account(stub.url)
    text = boss.post(page_of(operator)).content.decode()
    signature = stub.asked[0][1]["X-Authorization"]
    assert "Accepted" in text
    assert "1 lobby" in text
    assert f"lobbies{operator.operator_ref}******" in text
    assert f"{signature[:4]}…{signature[-4:]}" in text
    assert signature not in text
    assert SECRET not in text
    entry = AuditEntry.objects.get(action="test_connection", subject__startswith=f"operator {operator.pk}:")
    assert entry.by == "staff:boss"


def test_failed_call_is_shown_with_its_remedies_and_its_row_in_the_log(boss: Client, stub: Stub) -> None:
    stub.lay(LOBBIES, Answer(403, b"<html>Forbidden</html>"))
    operator = account(stub.url)
    text = boss.post(page_of(operator)).content.decode()
    assert "The platform refuses us and does not say why: it is our address or the signature." in text
    assert "HTTP_403" in text
    exchange = Exchange.objects.get(operator=operator)
    assert reverse("admin:operators_exchange_change", args=[exchange.pk]) in text


def test_account_that_is_not_set_up_is_told_what_is_missing(boss: Client) -> None:
    answer = boss.post(page_of(account("")))
    assert answer.status_code == 200
    assert "The account has no host to call" in answer.content.decode()


def test_only_those_who_may_change_operators_may_test(staff: Callable[..., Client], stub: Stub) -> None:
    operator = account(stub.url)
    viewer = staff("operators.view_operator")
    assert viewer.post(page_of(operator)).status_code == 403
    shown = viewer.get(reverse("admin:operators_operator_change", args=[operator.pk])).content.decode()
    assert page_of(operator) not in shown
    assert stub.asked == []


def test_act_is_offered_on_an_operators_page(boss: Client, stub: Stub) -> None:
    operator = account(stub.url)
    page = boss.get(reverse("admin:operators_operator_change", args=[operator.pk])).content.decode()
    assert page_of(operator) in page


@pytest.fixture
def known_account(committed_db: None, sandbox: PlatformProcess) -> Iterator[Operator]:
    """The account that the sandbox's hizi knows, which rows of other tests may have been, and may want to be."""
    known = ACCOUNTS["hizi"]
    namesakes = Operator.objects.filter(protocol=Protocol.HIZI, operator_ref=known.operator_id)
    operator = account(f"{sandbox.url}/hizi", Protocol.HIZI, known.secret_key)
    namesakes.update(operator_ref=secrets.token_hex(6))
    operator.operator_ref = known.operator_id
    operator.save()
    yield operator
    namesakes.update(operator_ref=secrets.token_hex(6))


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 390])
def test_hizi_is_tested_both_ways_and_the_choice_is_kept(known_account: Operator, width: int) -> None:
    username = make_chief()
    with serving() as address, browsing() as browser:
        page, watch = sign_in(browser, address, username, width=width)
        page.goto(address + page_of(known_account))
        page.get_by_role("button", name="Test now").click()
        expect(page.get_by_role("status")).to_contain_text("accepts one way of signing: the secret is the key only")
        accepted = page.get_by_role("region", name="the secret is the key only")
        expect(accepted).to_contain_text("Accepted")
        expect(accepted).to_contain_text(f"{known_account.operator_ref}#20")
        refused = page.get_by_role("region", name="and the first signed field")
        expect(refused).to_contain_text("INVALID_SIGNATURE")
        expect(refused).to_contain_text(f"******#{known_account.operator_ref}#20")
        assert fits(page)
        assert known_account.secret not in page.content()
        page.get_by_role("link", name="What was sent and answered").click()
        expect(page.get_by_text("INVALID_SIGNATURE").first).to_be_visible()
    assert watch.faults == []
    known_account.refresh_from_db()
    assert known_account.settings == {"hizi": {"secretIsFirstField": False}}
