"""Every reply that document 004 prints, read. Of its replies `history` has two trailing commas, which are left out."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from operators.platforms.agent import Client, LaunchOrder, Search, add_up_by_day
from operators.platforms.agent.catalogue import Provider, ProviderCategory
from operators.platforms.agent.daily_reports import Figures, ReportDay
from operators.platforms.agent.game_logs import Iframe
from operators.platforms.agent.history import Amounts, PlayerInGame, TxType
from operators.platforms.agent.players import (
    BetLimit,
    Launch,
    PlayerBalance,
    PlayerStatus,
    Transfer,
    WalletMove,
)
from operators.platforms.base import PlatformFailure
from operators.platforms.listings import Game, Vendor
from tests.operators.agent_client import AUGUST, AWARD, granted, laid, reply
from tests.operators.platform_stub import Stub

LAUNCH = LaunchOrder("player0001", "pg_00001", "THB", "203.0.113.7")
RESTRICTED = "AO BF BG BO CD CI CM DZ HT KE LA LB MC MZ NA NG NP VE VG VN YE ZA"
PROHIBITED = "AU CU IR KP MM SD SS SY TW UA-43"


def test_a_player_is_made(stub: Stub) -> None:
    client = laid(stub, "createPlayer", reply("createPlayer"))
    client.create_player("player0001")
    assert client.outcomes == [("createPlayer", "")]


REFUSALS = {
    "username_unavailable": ("PLAYER_USERNAME_UNAVAILABLE", "username unavailable"),
    "player_not_found": ("PLAYER_NOT_FOUND", "player not found"),
    "bonus_code_exists": ("BONUS_CODE_ALREADY_EXISTS", "bonusCode already exists"),
}


@pytest.mark.parametrize(
    ("call", "refusal", "ask"),
    [
        ("createPlayer", "username_unavailable", lambda c: c.create_player("player0001")),
        ("getPlayerBalance", "player_not_found", lambda c: c.get_player_balance("player0001", currency="THB")),
        (
            "deposit",
            "player_not_found",
            lambda c: c.deposit(username="player0001", amount=Decimal(100), currency="EUR"),
        ),
        (
            "withdraw",
            "player_not_found",
            lambda c: c.withdraw(username="player0001", amount=Decimal(100), currency="EUR"),
        ),
        ("history", "player_not_found", lambda c: c.get_history(Search("player0001"))),
        (
            "playerDailyReport",
            "player_not_found",
            lambda c: c.get_player_daily_report(Search("player0001"), period=AUGUST),
        ),
        ("freeRound", "bonus_code_exists", lambda c: c.create_free_round(AWARD, username="player0001")),
        ("freeChip", "bonus_code_exists", lambda c: c.create_free_chip(AWARD, usernames=["player0001"])),
    ],
)
def test_a_refusal_is_told_in_the_platforms_words(
    stub: Stub, call: str, refusal: str, ask: Callable[[Client], object]
) -> None:
    client = laid(stub, call, reply(refusal))
    with pytest.raises(PlatformFailure) as failure:
        ask(client)
    told = (failure.value.code, failure.value.detail)
    assert (type(failure.value), told) == (PlatformFailure, REFUSALS[refusal])
    assert (failure.value.permanent, failure.value.http_status) == (True, 200)
    assert client.outcomes == [(call, told[0])]


def test_a_balance_is_read(stub: Stub) -> None:
    client = laid(stub, "getPlayerBalance", reply("getPlayerBalance"))
    balance = client.get_player_balance("player0001", currency="THB")
    assert balance == PlayerBalance(Decimal("110.01"), "THB")


def test_a_player_without_bet_limits_is_read(stub: Stub) -> None:
    client = laid(stub, "getPlayerStatus", reply("getPlayerStatus"))
    created_at = datetime(2023, 3, 4, 9, 20, 13, 499634, tzinfo=UTC)
    assert client.get_player_status("player0001", currency="THB") == PlayerStatus(
        username="daniel", active=True, player_ref="player0001", bet_limits=None, created_at=created_at
    )


def test_a_player_with_bet_limits_is_read(stub: Stub) -> None:
    client = laid(stub, "getPlayerStatus", reply("getPlayerStatus_with_limits"))
    status = client.get_player_status("player0001", currency="THB")
    sport = (
        BetLimit("100001", info={"max": 50000, "maxPerMatch": 200000, "min": 1}),
        BetLimit("100002", info={"max": 100000, "maxPerMatch": 500000, "min": 10000}),
    )
    assert (status.player_ref, status.bet_limits) == (
        "",
        {"ae": {}, "sbo": {"live_casino": (BetLimit("1"), BetLimit("3")), "sport": sport}},
    )


def test_a_game_is_read(stub: Stub) -> None:
    listing = laid(stub, "games", reply("games")).list_games()
    assert [listing.read(text) for text in listing.texts] == [
        Game(
            game_ref="evolution_00325",
            title="XXXtreme Lightning Baccarat",
            vendor=Vendor(
                "evolution",
                "Evolution (new)",
                restricted_countries=tuple(RESTRICTED.split()),
                prohibited_countries=tuple(PROHIBITED.split()),
            ),
            game_type="live_casino",
            free_rounds=True,
            rtp=None,
            thumbnails={"logo": "https://storage.googleapis.com/luxino-public/game/evolutionLive/lobby.png"},
        )
    ]


def test_a_launch_is_read(stub: Stub) -> None:
    launch = laid(stub, "launchGame", reply("launchGame")).launch_game(LAUNCH)
    address = "https://m.pg-redirect.net/60/index.html?ot=63f8e33e8d5599a75980832baac1b3f8&ops=175ea1d0f047a561f40825f6eb0eec21&btt=1"
    assert launch == Launch("url", url=address)


def test_a_deposit_is_read(stub: Stub) -> None:
    client = laid(stub, "deposit", reply("deposit"))
    assert client.deposit(username="player0001", amount=Decimal(100), currency="EUR") == Transfer(
        tx_ref="175ea1dd7c39deaa7ecef310c05973df",
        currency="EUR",
        agent=WalletMove("175ea1dd7c8e2427ce012029766578bb", Decimal("9982909.49"), Decimal("9982809.49")),
        player=WalletMove("175ea1dd7cd55d928644d6d27ce7d722", Decimal(100), Decimal(200)),
    )


def test_a_withdrawal_is_read(stub: Stub) -> None:
    client = laid(stub, "withdraw", reply("withdraw"))
    assert client.withdraw(username="player0001", amount=Decimal(100), currency="EUR") == Transfer(
        tx_ref="175ea20f8d2d09b3a3137b27dc0b883d",
        currency="EUR",
        agent=WalletMove("175ea20f8d65d518d44f2f3aa418d0a5", Decimal("9982809.49"), Decimal("9982909.49")),
        player=WalletMove("175ea20f8d85bfff72d9db11fd070124", Decimal(200), Decimal(100)),
    )


def test_a_page_of_history_is_read(stub: Stub) -> None:
    page = laid(stub, "history", reply("history")).get_history(Search("player0001"))
    assert (page.number, page.per_page, page.has_next, page.unreadable) == (1, 20, True, ())
    settle, bet = page.rows
    assert [row.history_ref for row in page.rows] == [
        "17ed71c33d5d684bd10b18d816c83099",
        "17ed71c33d5d50bdf5f7fafed4683bf7",
    ]
    assert (bet.base_currency, bet.provider_ref, bet.provider_title) == ("EUR", "pg", "Pocket Games Soft")
    assert bet.player == PlayerInGame("2sjcc5qal9bq21ud-IDR", "2sjcc5qal9bq21ud", "9", "2sjcc", "IDR", "player0001")
    assert (bet.game_ref, bet.game_title, bet.category) == ("pg_00001", "Leprechaun Riches", "slot")
    assert (bet.round_ref, bet.wallet_tx_ref) == ("1825882618634307073", "17ed71c2e815058b453e6564348caf09")
    assert (settle.tx_type, bet.tx_type) == (TxType("2", "Settle", ""), TxType("1", "Bet", ""))
    assert settle.amounts == Amounts("IDR", "EUR", Decimal("0.0002"), Decimal(0), Decimal(0), None)
    assert bet.amounts == Amounts("IDR", "EUR", Decimal("0.0002"), None, Decimal(-1600), Decimal("-1.6"))
    assert (bet.before_balance, bet.after_balance, bet.delta) == (Decimal(5011680), Decimal(5010080), Decimal(-1600))
    assert bet.received_at == datetime(2024, 8, 20, 6, 8, 34, 280062, tzinfo=UTC)
    assert bet.raw["walletTxId"] == "17ed71c2e815058b453e6564348caf09"


def test_a_bet_and_its_settlement_share_the_providers_id(stub: Stub) -> None:
    settle, bet = laid(stub, "history", reply("history")).get_history(Search("player0001")).rows
    assert settle.provider_tx_ref == bet.provider_tx_ref == "1825882618634307073-1825882618634307073-106-0"
    assert settle.history_ref != bet.history_ref


def test_a_daily_report_is_read_and_added_up_by_day(stub: Stub) -> None:
    client = laid(stub, "playerDailyReport", reply("playerDailyReport"))
    page = client.get_player_daily_report(Search("player0001"), period=AUGUST)
    assert (page.number, page.per_page, page.has_next, page.unreadable) == (1, 30, True, ())
    assert [row.hour_at.isoformat() for row in page.rows] == [
        "2024-08-20T13:00:00+00:00",
        "2024-08-15T09:00:00+00:00",
        "2024-08-15T07:00:00+00:00",
        "2024-08-09T15:00:00+00:00",
        "2024-08-09T14:00:00+00:00",
    ]
    assert [row.player_free_round for row in page.rows] == [0, 0, Decimal(4140), Decimal(60), 0]
    assert add_up_by_day(page.rows) == (
        ReportDay(
            date(2024, 8, 9),
            2,
            Figures(Decimal("-0.4"), Decimal("0.4"), Decimal("0.184"), Decimal(0), Decimal("-0.00032"), 4),
            (Decimal(60),),
        ),
        ReportDay(
            date(2024, 8, 15),
            2,
            Figures(
                Decimal("-0.7315334754"),
                Decimal("9.0966527698"),
                Decimal("0.3817667377"),
                Decimal(0),
                Decimal("-0.0438032640"),
                12,
            ),
            (Decimal(4140),),
        ),
        ReportDay(
            date(2024, 8, 20),
            1,
            Figures(
                Decimal("-0.3771380888"),
                Decimal("0.3771380888"),
                Decimal("0.1885690444"),
                Decimal(0),
                Decimal("-0.0018856904"),
                0,
            ),
            (),
        ),
    )


def test_a_game_log_is_read(stub: Stub) -> None:
    client = laid(stub, "gameLogs", reply("gameLogs"))
    log = client.get_game_log(username="player0001", game_ref="pg_00001", round_ref="1825882618634307073")
    assert (log.provider_ref, log.game_type, log.game_title, log.round_ref, log.game_result) == (
        "pg",
        "Slot",
        "Leprechaun Riches",
        "1825882618634307073",
        "",
    )
    address = reply("gameLogs")["result"]["result"]["url"]
    assert log.result == Iframe(address)
    bet, settle = log.transactions
    assert (bet.tx_ref, bet.tx_type) == ("1825882618634307073-1825882618634307073-106-0", "Bet")
    assert (bet.provider_amount, bet.provider_currency) == (Decimal("-1.6"), "IDR")
    assert (bet.player_amount, bet.player_currency) == (Decimal("-1.6"), "IDR")
    assert bet.created_at == datetime(2024, 8, 20, 6, 8, 34, 280062, tzinfo=UTC)
    # The document's own bet takes 1,600 from the balance and says 1.6.
    assert (bet.delta, bet.is_mismatched) == (Decimal(-1600), True)
    assert (settle.delta, settle.is_mismatched) == (Decimal(0), False)


def test_providers_are_read(stub: Stub) -> None:
    pg, pp, sbo = laid(stub, "providers", reply("providers")).list_providers(currency="IDR")
    assert pg == Provider(
        provider_ref="pg",
        title="Pocket Games Soft",
        active=True,
        online=True,
        logo_url="https://cdn.zgaggregator.com/17e2088b03ac99bf23be7e656d88926d",
        categories=(ProviderCategory("slot", "Slot", ()),),
    )
    assert (pp.provider_ref, pp.title) == ("pp", "Pragmatic Play")
    live, slot, sport = sbo.categories
    tiers = (BetLimit("1", "Low", True), BetLimit("2", "Medium"), BetLimit("3", "High"), BetLimit("4", "VIP"))
    assert (live.category_ref, live.label, live.bet_limits) == ("live_casino", "Live Casino", tiers)
    assert (slot.category_ref, slot.bet_limits) == ("slot", ())
    assert [(limit.limit_ref, limit.label, limit.default) for limit in sport.bet_limits] == [
        ("100001", "1 - 50,000 (max per match 200,000)", True),
        ("100002", "10,000 - 100,000 (max per match 500,000)", False),
        ("100003", "100,000 - 500,000 (max per match 1,000,000)", False),
    ]


def test_a_free_round_that_was_made_is_read(stub: Stub) -> None:
    grant = granted(laid(stub, "freeRound", reply("freeRound")).create_free_round(AWARD, username="player0001"))
    assert (grant.grant_ref, grant.usernames) == ("18371997db6d6bf10b449f2fc03c77c7", ("player0001",))
    assert (grant.provider_ref, grant.game_ref, grant.agent_ref) == ("pg", "pg_00013", "9")
    assert (grant.code, grant.provider_grant_ref) == ("24bb1c5d-e7f3-44d5-8032-4f41598007d9", "273183")
    assert (grant.bet_amount, grant.rounds) == (Decimal(20), 1)
    assert (grant.player_currency, grant.provider_currency) == ("IDR", "IDR")
    assert grant.starts_at == datetime(2025, 3, 14, 17, tzinfo=UTC)
    assert grant.ends_at == datetime(2025, 4, 19, 17, tzinfo=UTC)
    assert grant.created_at == datetime(2025, 4, 17, 12, 5, 20, 641493, tzinfo=UTC)
    assert (grant.canceled_at, grant.info.text, grant.info.content) == (None, "", None)


def test_a_free_round_is_read(stub: Stub) -> None:
    grant = laid(stub, "getFreeRound", reply("getFreeRound")).get_free_round("1837197fe213afe2b342ef2aa6bdea52")
    assert (grant.grant_ref, grant.usernames) == ("1837197fe213afe2b342ef2aa6bdea52", ("player0001",))
    assert (grant.code, grant.provider_grant_ref) == ("a1f33cb7-2ef2-4ce1-8c94-c46a38e5062e", "273182")
    assert (grant.starts_at, grant.ends_at) == (datetime(2025, 3, 15, tzinfo=UTC), datetime(2025, 4, 20, tzinfo=UTC))
    assert grant.canceled_at == datetime(2025, 4, 17, 12, 3, 46, 190973, tzinfo=UTC)
    (told,) = grant.info.content["result"]
    assert (told["freeGameId"], told["coinSize"], told["payout"]) == (247814, Decimal("0.04"), Decimal("1.92"))


def test_bet_limits_are_set(stub: Stub) -> None:
    client = laid(stub, "setPlayerBetLimits", reply("setPlayerBetLimits"))
    client.set_player_bet_limits(
        username="player0001", provider_ref="sbo", currency="IDR", limits={"sport": ["100001"]}
    )
    assert client.outcomes == [("setPlayerBetLimits", "")]


def test_a_free_chip_that_was_made_is_read(stub: Stub) -> None:
    grant = granted(laid(stub, "freeChip", reply("freeChip")).create_free_chip(AWARD, usernames=["player0001"]))
    assert (grant.grant_ref, grant.usernames) == ("18371997db6d6bf10b449f2fc03c77c7", ("player0001",))
    assert (grant.code, grant.provider_grant_ref) == ("24bb1c5d-e7f3-44d5-8032-4f41598007d9", "273183")
    assert grant.starts_at == datetime(2025, 3, 14, 17, tzinfo=UTC)


def test_a_free_chip_is_read(stub: Stub) -> None:
    client = laid(stub, "getFreeChip", reply("getFreeChip"))
    grant = client.get_free_chip("1837197fe213afe2b342ef2aa6bdea52", username="player0001")
    assert (grant.usernames, grant.code) == (("player0001",), "a1f33cb7-2ef2-4ce1-8c94-c46a38e5062e")
    assert (grant.info.text, grant.info.content) == ("", None)
    assert grant.canceled_at == datetime(2025, 4, 17, 12, 3, 46, 190973, tzinfo=UTC)
