"""Launches at an agent platform, over HTTP: the name that is stored first, what goes wrong on the way, and at once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from pytest_django import DjangoDbBlocker, Settings

from operators.models import AuditEntry, Exchange
from operators.platforms.agent import make_username
from operators.platforms.base import PlatformFailure
from operators.selectors.refusals import Refusal
from operators.services import connections
from operators.services.exchanges import LOG
from tests.concurrency.at_once import at_once
from tests.databases import open_instead, scratch_database
from tests.operators.conftest import Misbehave
from tests.operators.making import STAFF
from tests.sandbox.platform_process import PlatformProcess
from tests.wallet.at_agent import PAGE_GAME, URL_GAME, AtAgent
from tests.wallet.casino_caller import call_for
from wallet.enums import UsernameState
from wallet.ledger import digest_token
from wallet.models import LaunchPage, PlatformUsername, Session
from wallet.services import usernames
from wallet.services.agent_launch import (
    AccountRefused,
    PlatformRefused,
    PlatformUnanswered,
    PlayerInactive,
    PlayerMissing,
    ProviderNotConfigured,
    _refusal_of,
)
from wallet.services.launch import FunNotOffered, Launch


@pytest.fixture(autouse=True)
def impatient(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PLATFORM_PRIVATE_HOSTS_ALLOWED = True
    monkeypatch.setattr(connections, "HURRIED_SECONDS", 0.5)


@pytest.fixture
def agent(db: None, sandbox: PlatformProcess) -> AtAgent:
    return AtAgent(sandbox)


def refused(kind: type[Refusal], agent: AtAgent, **more: Any) -> Refusal:
    """The refusal of a launch, which leaves no session and no page behind."""
    with pytest.raises(kind) as refusal:
        agent.launch(**more)
    assert type(refusal.value) is kind
    assert not Session.objects.filter(operator=agent.operator).exists()
    assert not LaunchPage.objects.filter(session__operator=agent.operator).exists()
    return refusal.value


def test_a_new_player_is_created_there_and_the_game_opens_at_the_platforms_address(agent: AtAgent) -> None:
    made = agent.launch(device="mobile")
    assert made.url.startswith(f"{agent.sandbox.url}/agent/play/")
    ((username, state),) = agent.usernames
    assert (state, agent.list_players_there()) == ("created", [username])
    stem = agent.player.user_id.lower().replace("-", "")
    assert username.startswith(stem)
    assert len(username) == len(stem) + 12
    key = made.url.rpartition("/")[2]
    sent = agent.ask(
        "SELECT username, game_id, currency, language, lobby_url, cashier_url FROM launch WHERE token = ?", key
    )
    assert sent == [(username, URL_GAME, "EUR", "th", agent.casino.home_url, "https://lucky.example/deposit?from=game")]
    session = Session.objects.get(operator=agent.operator)
    assert (made.session, session.game, session.account.currency) == (session, agent.game, "EUR")
    assert bytes(session.token_digest) == digest_token(made.token or "")


def test_the_second_launch_uses_the_same_name_and_creates_nobody(agent: AtAgent) -> None:
    agent.launch()
    LOG.flush()
    agent.launch()
    LOG.flush()
    asked = Exchange.objects.filter(operator=agent.operator, direction="out").order_by("pk")
    assert [exchange.command for exchange in asked] == ["createPlayer", "launchGame", "launchGame"]
    assert len(agent.list_players_there()) == 1


def test_the_platform_is_told_mobile_and_the_players_own_address(agent: AtAgent) -> None:
    agent.launch(device="mobile")
    LOG.flush()
    request = Exchange.objects.get(operator=agent.operator, command="launchGame").request
    assert '"isMobile":true' in request
    assert '"playerIp":"198.51.100.7"' in request


def test_a_name_that_was_settled_is_audited(agent: AtAgent) -> None:
    agent.launch()
    entry = AuditEntry.objects.get(action="settle_username")
    assert (entry.by, entry.details["player"], entry.details["state"]) == (STAFF, agent.player.user_id, "created")


def test_the_name_is_stored_before_the_platform_is_called(agent: AtAgent, misbehave: Misbehave) -> None:
    misbehave("agent", "createPlayer", "http_500")
    refusal = refused(PlatformUnanswered, agent)
    assert refusal.code == "platform_unanswered"
    assert [state for _, state in agent.usernames] == ["asked"]


@pytest.mark.parametrize("fault", ["late", "truncated", "wrong_types"])
def test_a_create_that_was_done_unanswered_is_found_again_under_its_name(
    agent: AtAgent, misbehave: Misbehave, fault: str
) -> None:
    misbehave("agent", "createPlayer", fault, seconds=1.5)
    refused(PlatformUnanswered, agent)
    ((username, state),) = agent.usernames
    assert state == "asked"
    made = agent.launch()
    assert agent.usernames == [(username, "created")]
    assert agent.list_players_there() == [username]
    assert made.session is not None


@pytest.mark.parametrize("fault", ["http_500", "dropped", "html_502", "slow"])
def test_a_create_that_never_was_is_asked_again_under_the_same_name(
    agent: AtAgent, misbehave: Misbehave, fault: str
) -> None:
    misbehave("agent", "createPlayer", fault, seconds=0.8)
    refused(PlatformUnanswered, agent)
    ((username, _),) = agent.usernames
    agent.launch()
    assert agent.usernames == [(username, "created")]


def test_a_name_that_a_stranger_has_is_given_up_for_another(agent: AtAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    names = iter(["stranger0001", "stranger0002"])
    monkeypatch.setattr(usernames, "make_username", lambda user_ref: next(names, "") or make_username(user_ref))
    agent.launch()
    states = [state for _, state in agent.usernames]
    assert states == ["abandoned", "abandoned", "created"]
    assert agent.list_players_there() == [agent.usernames[-1][0]]


def test_a_platform_that_refuses_every_name_is_told_so(agent: AtAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    names = iter(["stranger0001", "stranger0002", "stranger0003"])
    monkeypatch.setattr(usernames, "make_username", lambda _user_ref: next(names))
    refused(PlatformRefused, agent)
    assert [state for _, state in agent.usernames] == ["abandoned"] * 3


def test_a_player_of_that_name_who_is_older_than_our_call_is_a_stranger(agent: AtAgent) -> None:
    agent.launch()
    (theirs,) = agent.list_players_there()
    PlatformUsername.objects.all().delete()
    asked_at = datetime.now(UTC) + timedelta(minutes=10)
    PlatformUsername.objects.create(
        player=agent.player, operator=agent.operator, username=theirs, state=UsernameState.ASKED, asked_at=asked_at
    )
    agent.launch()
    assert [(name == theirs, state) for name, state in agent.usernames] == [(True, "abandoned"), (False, "created")]


@pytest.mark.parametrize("fault", ["late", "http_500", "dropped", "truncated", "slow"])
def test_an_unanswered_launch_leaves_nothing_half_done_and_may_be_repeated(
    agent: AtAgent, misbehave: Misbehave, fault: str
) -> None:
    misbehave("agent", "launchGame", fault, seconds=0.8)
    refusal = refused(PlatformUnanswered, agent)
    assert "Launching again is safe." in refusal.detail
    assert agent.launch().session is not None
    assert len(agent.list_players_there()) == 1


def test_a_player_who_is_switched_off_there_is_refused(agent: AtAgent) -> None:
    agent.launch()
    Session.objects.all().delete()
    agent.sandbox.post("/control/agent/players", {"username": agent.usernames[0][0], "active": False})
    refusal = refused(PlayerInactive, agent)
    assert refusal.code == "player_inactive_at_platform"
    assert "PLAYER_INACTIVE" in refusal.detail
    assert "PLAYER_INACTIVE" not in refusal.player_detail


def test_a_key_that_the_platform_does_not_know_is_an_account_problem(agent: AtAgent) -> None:
    agent.operator = agent.join(secret="another-key")
    agent.game = agent.add_game(URL_GAME)
    refusal = refused(AccountRefused, agent)
    assert refusal.code == "platform_account_refused"
    assert "check the operator's secret" in refusal.detail


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("IP_NOT_ALLOWED", AccountRefused),
        ("AGENT_NOT_FOUND", AccountRefused),
        ("AGENT_NOT_ACTIVE", AccountRefused),
        ("AGENT_NOT_UNDER", AccountRefused),
        ("AGENT_INVALID_TYPE", AccountRefused),
        ("AGENT_PROVIDER_NOT_FOUND", ProviderNotConfigured),
        ("PLAYER_USERNAME_UNAVAILABLE", PlatformRefused),
        ("PLAYER_INACTIVE", PlayerInactive),
        ("PLAYER_NOT_FOUND", PlayerMissing),
        ("SOMETHING_NEW", PlatformRefused),
    ],
)
def test_every_code_of_the_document_is_a_refusal_for_staff_and_a_neutral_one_for_players(
    code: str, kind: type[Refusal]
) -> None:
    refusal = _refusal_of(PlatformFailure(code, "no", permanent=True, http_status=200))
    assert type(refusal) is kind
    assert code in refusal.detail
    assert refusal.player_detail
    assert code not in refusal.player_detail


def test_there_is_no_fun_at_an_agent_platform_whatever_its_game_says(agent: AtAgent) -> None:
    agent.page_game.fun_mode = True
    agent.page_game.save()
    refused(FunNotOffered, agent, game_ref=PAGE_GAME, mode="fun")


def test_the_casino_api_answers_503_where_the_platform_does_not(agent: AtAgent, misbehave: Misbehave) -> None:
    asked = {
        "user_id": agent.player.user_id,
        "operator_id": agent.operator.operator_ref,
        "game_id": PAGE_GAME,
        "mode": "real",
        "currency": "EUR",
        "language": "en",
        "device": "desktop",
        "ip": "198.51.100.7",
    }
    site = call_for(agent.casino)
    misbehave("agent", "launchGame", "http_500")
    answer = site.post("launch", asked)
    assert (answer.status, answer.body["code"]) == (503, "platform_unanswered")
    assert answer.body["detail"] == PlatformUnanswered.player_detail
    answer = site.post("launch", asked)
    assert (answer.status, answer.body["open_in"]) == (201, "frame")
    assert answer.body["url"] == f"http://127.0.0.1:8000/play/{answer.body['token']}"


class TestAtOnce:
    """Two launches of a player whom the platform does not know, each with a connection of its own."""

    @pytest.fixture
    def scratch(self, committed_db: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
        with scratch_database() as address:
            yield address

    def race(self, address: str, sandbox: PlatformProcess) -> tuple[AtAgent, list[str]]:
        """Both launches are past the look for a name before the first of them has stored one."""
        with psycopg.connect(address, autocommit=True) as database:
            database.execute(
                "CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS"
                " 'BEGIN PERFORM pg_sleep(0.4); RETURN NEW; END';"
                "CREATE TRIGGER pause BEFORE INSERT ON wallet_platformusername FOR EACH ROW EXECUTE FUNCTION pause()"
            )
        with open_instead(address):
            agent = AtAgent(sandbox)

        def launch() -> Launch:
            with open_instead(address):
                return agent.launch()

        made = at_once([launch, launch])
        with open_instead(address):
            assert Session.objects.count() == 2
            assert all(one.url.startswith(agent.sandbox.url) for one in made)
            return agent, [state for _, state in agent.usernames]

    def test_two_launches_make_one_player(self, scratch: str, sandbox: PlatformProcess) -> None:
        agent, states = self.race(scratch, sandbox)
        assert (states, len(agent.list_players_there())) == (["created"], 1)

    def test_without_the_index_they_make_two(self, scratch: str, sandbox: PlatformProcess) -> None:
        with psycopg.connect(scratch, autocommit=True) as database:
            database.execute("DROP INDEX wallet_platformusername_one_in_use")
        agent, states = self.race(scratch, sandbox)
        assert (states, len(agent.list_players_there())) == (["created", "created"], 2)
