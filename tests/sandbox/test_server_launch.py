from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import urlencode

import pytest
import requests

from tests.sandbox.platform_process import PlatformProcess, environment_for, find_free_port, run_platform
from tests.sandbox.reference_wallet import ReferenceWallet

GAME = 1015
FUNLESS_GAME = 1144
SWITCHED_OFF_GAME = 1054
TOKEN = "a" * 32
pytestmark = pytest.mark.live


def launch_path(**changes: object) -> str:
    """A launch of the game in real mode, with parameters changed, or left out where None."""
    usual: dict[str, object] = {
        "mode": "real",
        "game_id": GAME,
        "token": TOKEN,
        "currency": "EUR",
        "language": "en",
        "operator_id": "examplecasino",
    }
    return "/?" + urlencode({name: value for name, value in (usual | changes).items() if value is not None})


def play_path(platform: PlatformProcess, user_id: str, **changes: object) -> str:
    """Launch for a player and return the path of the page it leads to."""
    lobby = "lobby_id" in changes
    token = platform.wallet.launch(user_id, "EUR", None if lobby else str(changes.get("game_id", GAME)))
    answer = platform.get(launch_path(token=token, **changes), allow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


@pytest.fixture
def lonely() -> Iterator[PlatformProcess]:
    """A platform whose wallet is not there."""
    wallet = ReferenceWallet()
    with run_platform(wallet, environment_for(f"http://127.0.0.1:{find_free_port()}/wallet", wallet)) as running:
        yield running


@pytest.mark.parametrize(
    ("changes", "parameter", "sentence"),
    [
        ({"mode": None}, "mode", "It must be real or fun."),
        ({"mode": "demo"}, "mode", "It must be real or fun."),
        ({"operator_id": None}, "operator_id", "It is missing."),
        ({"operator_id": "nobody"}, "operator_id", "No operator has the id “nobody” at this platform."),
        ({"game_id": None}, "game_id", "It is missing; a launch needs game_id or lobby_id."),
        ({"game_id": "1"}, "game_id", "There is no game “1” here."),
        ({"game_id": "²"}, "game_id", "There is no game “²” here."),
        ({"game_id": SWITCHED_OFF_GAME}, "game_id", "The Endless Queen is switched off at the moment."),
        ({"game_id": FUNLESS_GAME, "mode": "fun"}, "mode", "Castle Rush 31 cannot be played for fun"),
        ({"lobby_id": "nowhere"}, "lobby_id", "There is no lobby “nowhere” here."),
        ({"lobby_id": "portomaso", "mode": "fun"}, "lobby_id", "A lobby opens in real mode only."),
        ({"token": None}, "token", "It is missing; it must be 20 to 50 letters and digits."),
        ({"token": "a" * 19}, "token", "It must be 20 to 50 letters and digits."),
        ({"token": "a" * 51}, "token", "It must be 20 to 50 letters and digits."),
        ({"token": "a" * 31 + "|"}, "token", "It must be 20 to 50 letters and digits."),
        ({"currency": None}, "currency", "It is missing; it must be a currency code such as EUR."),
        ({"currency": "EUROS"}, "currency", "It must be a currency code such as EUR."),
        ({"device": "fridge"}, "device", "It must be desktop or mobile."),
        ({"group": "a" * 15}, "group", "It must be at most 14 letters and digits."),
        ({"clientName": "a" * 15}, "clientName", "It must be at most 14 characters."),
    ],
)
def test_odd_parameter_is_named_on_a_friendly_page(
    platform: PlatformProcess, changes: dict[str, object], parameter: str, sentence: str
) -> None:
    answer = platform.get(launch_path(**changes))
    assert answer.status_code == 400
    assert f"<h1>This launch does not work: {parameter}</h1>" in answer.text
    assert sentence in answer.text


def test_parameter_given_twice_is_named(platform: PlatformProcess) -> None:
    answer = platform.get(launch_path() + "&token=" + TOKEN)
    assert answer.status_code == 400
    assert "This launch does not work: token" in answer.text


def test_token_that_the_wallet_does_not_know_is_a_session_that_ended(platform: PlatformProcess) -> None:
    answer = platform.get(launch_path(home_url="https://casino.example/games"))
    assert answer.status_code == 403
    assert "<h1>Your session has ended</h1>" in answer.text
    assert "authenticate: OP_21" in answer.text
    assert 'href="https://casino.example/games"' in answer.text
    assert TOKEN not in answer.text


def test_blocked_player_is_told_that_the_launch_is_not_allowed(platform: PlatformProcess, alice: str) -> None:
    platform.wallet.players[alice].blocked = True
    answer = platform.get(launch_path(token=platform.wallet.launch(alice, "EUR", str(GAME))))
    assert answer.status_code == 403
    assert "<h1>This game cannot be opened</h1>" in answer.text


def test_other_currency_than_the_sessions_is_refused(platform: PlatformProcess, alice: str) -> None:
    answer = platform.get(launch_path(token=platform.wallet.launch(alice, "EUR", str(GAME)), currency="USD"))
    assert answer.status_code == 403
    assert "<h1>The currencies differ</h1>" in answer.text


def test_wallet_that_is_down_is_a_page_that_says_so(lonely: PlatformProcess) -> None:
    answer = lonely.get(launch_path())
    assert answer.status_code == 502
    assert "<h1>The casino did not answer</h1>" in answer.text
    assert "authenticate: UNREACHABLE" in answer.text


def test_launch_leads_to_a_page_whose_address_has_no_token(platform: PlatformProcess, alice: str) -> None:
    path = play_path(platform, alice)
    assert path.startswith("/play/")
    assert path.endswith(f"/games/{GAME}")
    assert platform.wallet.sessions.keys().isdisjoint(path.split("/"))


def test_game_page_shows_player_balance_and_ways_back(platform: PlatformProcess, alice: str) -> None:
    links = {"home_url": "https://casino.example/?a=1&b=2", "deposit_url": "http://casino.example/deposit"}
    page = platform.get(play_path(platform, alice, **links)).text
    assert "<h1>Voyager &amp; Pirate</h1>" in page
    assert "alice_wonder" in page
    assert 'data-balance="100.00" data-currency="EUR"' in page
    assert 'href="https://casino.example/?a=1&amp;b=2"' in page
    assert 'href="http://casino.example/deposit"' in page


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//casino.example/", "https://", "https://[", "data:,x"])
def test_link_that_is_not_http_is_not_shown(platform: PlatformProcess, alice: str, address: str) -> None:
    page = platform.get(play_path(platform, alice, home_url=address, deposit_url=address)).text
    assert 'class="back"' not in page
    assert 'class="deposit"' not in page
    assert "javascript:" not in page


def test_player_name_cannot_write_html(platform: PlatformProcess, alice: str) -> None:
    platform.wallet.players[alice].display_name = "<b>$title</b>"
    page = platform.get(play_path(platform, alice)).text
    assert "&lt;b&gt;$title&lt;/b&gt;" in page
    assert "<b>$title" not in page


def test_page_shows_the_balance_of_now_not_of_the_launch(platform: PlatformProcess, alice: str) -> None:
    path = play_path(platform, alice)
    platform.wallet.deposit(alice, "EUR", Decimal("5.50"))
    assert 'data-balance="105.50"' in platform.get(path).text


def test_page_of_a_session_that_the_casino_ended_says_so(platform: PlatformProcess, alice: str) -> None:
    path = play_path(platform, alice)
    platform.wallet.end_session(list(platform.wallet.sessions)[-1])
    answer = platform.get(path)
    assert answer.status_code == 403
    assert "<h1>Your session has ended</h1>" in answer.text


def test_unknown_session_is_a_page_for_people_and_json_for_programs(platform: PlatformProcess) -> None:
    page = platform.get("/play/nobody/games/1015", headers={"Accept": "text/html"})
    assert (page.status_code, "<h1>This session is gone</h1>" in page.text) == (404, True)
    state = platform.get("/play/nobody/state", headers={"Accept": "*/*"})
    assert (state.status_code, state.json()["title"]) == (404, "This session is gone")


def test_lobby_shows_its_games_and_takes_one_token_for_all(platform: PlatformProcess, alice: str) -> None:
    path = play_path(platform, alice, lobby_id="portomaso", game_id=GAME)
    page = platform.get(path).text
    assert "<h1>Portomaso</h1>" in page
    assert page.count('class="card"') == 25
    assert f'href="{path}/games/1847"' in page
    assert platform.get(f"{path}/games/1847").status_code == 200
    assert platform.get(f"{path}/games/{GAME}").status_code == 404


def test_session_of_one_game_opens_no_other(platform: PlatformProcess, alice: str) -> None:
    path = play_path(platform, alice)
    assert platform.get(path.replace(str(GAME), "1847")).status_code == 404


def spin(platform: PlatformProcess, path: str, stake: object) -> requests.Response:
    return requests.post(f"{platform.url}{path}/spins", json={"stake": stake}, timeout=10)


def test_spin_moves_money_and_shows_its_calls(platform: PlatformProcess, alice: str) -> None:
    answer = spin(platform, play_path(platform, alice), "1.00").json()
    report, state = answer["report"], answer["state"]
    expected = Decimal("99.00") + Decimal(report["won"])
    assert platform.wallet.balance_of(alice, "EUR") == expected
    assert (report["status"], report["stake"], state["balance"]) == ("played", "1.00", str(expected))
    first, *_, last = state["calls"]
    assert (first["label"], first["code"]) == ("authenticate", "OK")
    assert (last["label"][:4], last["code"], last["round_id"]) == ("WIN ", "OK", report["round_id"])


@pytest.mark.parametrize("stake", ["0.30", "-1.00", "1e2", "NaN", "", "x", None, [], "1.00000000001"])
def test_stake_that_is_not_offered_moves_nothing(platform: PlatformProcess, alice: str, stake: object) -> None:
    assert spin(platform, play_path(platform, alice), stake).status_code == 400
    assert platform.wallet.balance_of(alice, "EUR") == Decimal("100.00")


def test_form_of_another_site_cannot_spin(platform: PlatformProcess, alice: str) -> None:
    path = play_path(platform, alice)
    answer = requests.post(
        f"{platform.url}{path}/spins", data='{"stake":"1.00"}', headers={"Content-Type": "text/plain"}, timeout=10
    )
    assert answer.status_code == 415
    assert platform.wallet.balance_of(alice, "EUR") == Decimal("100.00")


def test_fun_mode_needs_no_wallet(lonely: PlatformProcess) -> None:
    page = lonely.get(launch_path(mode="fun", token=None, currency=None))
    assert page.status_code == 200
    assert 'data-mode="fun"' in page.text
    assert 'data-balance="1000.00"' in page.text
    answer = requests.post(f"{lonely.url}/fun/games/{GAME}/spins", json={"stake": "1.00"}, timeout=10)
    assert list(answer.json()) == ["report"]
    assert answer.json()["report"]["status"] == "played"
    assert answer.json()["report"]["round_id"] == ""


def test_game_without_fun_mode_cannot_be_spun_for_fun(platform: PlatformProcess) -> None:
    answer = requests.post(f"{platform.url}/fun/games/{FUNLESS_GAME}/spins", json={"stake": "1.00"}, timeout=10)
    assert answer.status_code == 404


def test_front_page_lists_games_and_says_how_to_launch(platform: PlatformProcess) -> None:
    page = platform.get("/").text
    assert "3,000 games" in page
    assert page.count('class="card') >= 60
    assert f"{platform.url}/?mode=real&amp;game_id=" in page
    assert "/?mode=fun&amp;game_id=1015&amp;operator_id=examplecasino&amp;language=en" in page


def test_search_finds_a_game_and_pages_through_many(platform: PlatformProcess) -> None:
    assert "Voyager &amp; Pirate" in platform.get("/games", params={"q": "voyager pirate"}).text
    last = platform.get("/games", params={"page": 50}).text
    assert "Page 50 of 50" in last
    assert platform.get("/games", params={"page": 51}).text == last
    assert "0 games" in platform.get("/games", params={"q": "<script>"}).text


def test_pages_allow_no_foreign_or_inline_script_and_tell_no_referrer(platform: PlatformProcess, alice: str) -> None:
    answer = platform.get(play_path(platform, alice))
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    for sign in (" style=", " onclick=", "<style", "javascript:", "https://"):
        assert sign not in answer.text, sign
