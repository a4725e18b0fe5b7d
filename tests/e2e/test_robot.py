"""A robot that does all a platform may do wrong leaves books that agree, and no secret to be read anywhere."""

import re
import secrets
from decimal import Decimal

import pytest
import requests

from dev.processes import wait_until
from operators.models import Exchange
from sandbox.casino_client import Launch
from sandbox.wallet_client import WalletClient, sign_authorization
from tests.e2e.dump import dump_tables, find_api_keys, find_tokens, find_words
from tests.e2e.live_casino import LiveCasino
from wallet.models import Round, Session

pytestmark = pytest.mark.live
ROUNDS = 2000
COMMANDS = ("authenticate", "balance", "changebalance", "status", "cancel", "finishround")


def play(live: LiveCasino, rounds: int) -> str:
    """Let the robot misbehave; what it printed."""
    code, said = live.run("-m", "sandbox", "play", "--misbehave", "--rounds", str(rounds), "--demo", live.demo)
    assert code == 0, said
    return said


def count_rounds(live: LiveCasino) -> int:
    return Round.objects.filter(operator=live.operator).count()


def test_misbehaving_robot_leaves_a_ledger_without_differences(live: LiveCasino) -> None:
    before = count_rounds(live)
    said = play(live, ROUNDS)
    assert re.search(r"│ differences +│ 0 +│", said), said
    assert re.search(r"│ misbehaviours +│ [a-z ]+ \d+,", said), said
    assert re.search(rf"│ rounds +│ {ROUNDS:,} in ", said), said
    assert count_rounds(live) - before > ROUNDS / 2
    code, proof = live.run("manage.py", "verify_ledger")
    assert (code, proof.splitlines()[-1].split(": ")[1]) == (0, "0 differences"), proof


def launch_games(live: LiveCasino) -> list[Launch]:
    """Register a player with 50.00 EUR through the casino API, and open some sessions."""
    site, user_id = live.call(), f"visitor-{secrets.token_hex(4)}"
    offered = [str(game["game_id"]) for game in site.list_games() if game["enabled"]][:3]
    site.create_player(user_id, "Olga", ["EUR"])
    site.deposit(user_id, Decimal("50.00"), "EUR", f"deposit-{user_id}")
    operator_ref = live.operator.operator_ref
    launches = [site.launch(user_id, operator_ref, "EUR", "203.0.113.7", game_id=game_id) for game_id in offered]
    site.close()
    return launches


def send_what_is_refused(live: LiveCasino, token: str) -> list[str]:
    """Calls with a live token and the secret where they do not belong; the verdicts."""
    line = WalletClient(live.options.wallet_url, live.operator.operator_ref, live.secret)
    misplaced = {"token": token, "user_id": token, "currency_code": "EUR"}
    bodies = [
        line.encode("balance", misplaced),
        line.encode("balance", misplaced).replace(b'"hash":"', b'"hash":"0'),
        line.encode("balance", {**misplaced, "api_key": live.api_key})[:-1],
    ]
    codes = [line.judge(body, line.send("balance", body)).code for body in bodies]
    codes.append(line.judge(b"", line.send("balance", bodies[0], {"X-Authorization": live.secret})).code)
    line.close()
    return codes


def test_database_and_logs_hold_no_secret_in_clear(live: LiveCasino) -> None:
    play(live, 100)
    launches = launch_games(live)
    tokens = [launch.token for launch in launches]
    assert requests.get(launches[0].url, timeout=10).ok
    # What is no JSON cannot be echoed.
    assert send_what_is_refused(live, tokens[1]) == ["OP_34", "OP_20", "BAD_REPLY", "HTTP_403"]
    logged = Exchange.objects.filter(operator=live.operator, command="balance").exclude(request="")
    assert wait_until(lambda: {"OP_34", "OP_20", "OP_50"} <= {each.error_code for each in logged.all()}, seconds=10)

    texts = dump_tables() | live.logs
    known = [*tokens, *live.secrets]
    known += [sign_authorization(command, secret) for command in COMMANDS for secret in live.secrets[1:]]
    assert {"backoffice.log", "sandbox.log", "wallet.log", "operators_exchange", "wallet_session"} <= set(texts)
    assert live.operator.operator_ref in texts["operators_operator"]
    assert list(find_words(texts, known)) == []
    assert list(find_tokens(texts)) == []
    assert list(find_api_keys(texts)) == []


def test_search_for_secrets_finds_what_is_there(live: LiveCasino) -> None:
    token, before = launch_games(live)[0].token, Session.objects.count()
    texts = {"note": f"x{token}y", "letter": f"my key is {live.api_key}.", "nothing": "0" * 64}
    assert before >= 3
    assert list(find_tokens(texts)) == [("note", token)]
    assert list(find_api_keys(texts)) == [("letter", live.api_key)]
    assert list(find_words(texts, [token])) == [("note", token)]
