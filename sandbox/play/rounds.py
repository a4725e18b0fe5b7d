"""Rounds as games play them: each function is one round of one player, from its first BET to its end."""

import time
from collections.abc import Callable
from decimal import Decimal

from sandbox.play.seat import Seat

CENT = Decimal("0.01")
TOP_UP = Decimal("200.00")
LOW_BALANCE = Decimal("25.00")
STAKES = [Decimal(stake) for stake in ("0.10", "0.25", "0.50", "1", "1.50", "2.00", "3.33", "5.0", "7.77")]
# What a won round pays, as a multiple of its stake.
PAYS = [Decimal(pay) for pay in ("0.2", "0.5", "1", "1.5", "2", "2.37", "4", "10")]
REASONS = ["SPIN", "COLLECT", "BONUS-GAME", "not_provided"]
TABLE_ROUND_SECONDS = 2

Play = Callable[[Seat], None]


def choose_stake(seat: Seat) -> Decimal:
    """A stake the player can pay: the cashier is asked first when he is running low."""
    if seat.books.balance < LOW_BALANCE:
        top_up(seat)
    return seat.random.choice(STAKES)


def top_up(seat: Seat) -> None:
    seat.at_casino("deposit", lambda: seat.deposit(TOP_UP))


def choose_win(seat: Seat, stake: Decimal) -> Decimal:
    return (stake * seat.random.choice(PAYS)).quantize(CENT)


def start_round(seat: Seat) -> int:
    return seat.venue.identifiers.next()


def lose_on_one_bet(seat: Seat) -> None:
    bet = seat.transaction("BET", choose_stake(seat), start_round(seat), {"reason": "SPIN"}, finished=True)
    seat.place(bet)


def lose_with_a_zero_win(seat: Seat) -> None:
    round_id = start_round(seat)
    if seat.place(seat.transaction("BET", choose_stake(seat), round_id, {"reason": "SPIN"})):
        seat.credit(seat.transaction("WIN", Decimal(0), round_id, {"reason": "SPIN"}, finished=True))


def lose_with_finishround(seat: Seat) -> None:
    round_id = start_round(seat)
    if seat.place(seat.transaction("BET", choose_stake(seat), round_id, finished=None)):
        seat.finish(round_id)


def win_once(seat: Seat) -> None:
    round_id, stake = start_round(seat), choose_stake(seat)
    context = {"reason": seat.random.choice(REASONS), "history_id": str(round_id)}
    if seat.place(seat.transaction("BET", stake, round_id, context)):
        seat.credit(seat.transaction("WIN", choose_win(seat, stake), round_id, context, finished=True))


def win_in_a_bonus_game(seat: Seat) -> None:
    """One BET and a row of wins, the last of which closes the round."""
    round_id, stake = start_round(seat), choose_stake(seat)
    if not seat.place(seat.transaction("BET", stake, round_id, {"reason": "SPIN"})):
        return
    for left in reversed(range(seat.random.randint(2, 5))):
        win = choose_win(seat, stake / 2)
        seat.credit(seat.transaction("WIN", win, round_id, {"reason": "BONUS-GAME"}, finished=left == 0))


def play_a_table(seat: Seat) -> None:
    """Several bets and wins in a round whose id all players at the table share."""
    round_id = int(time.time()) // TABLE_ROUND_SECONDS * TABLE_ROUND_SECONDS
    if round_id <= seat.table_round:
        round_id = start_round(seat)
    else:
        seat.table_round = round_id
    bets = [seat.transaction("BET", choose_stake(seat), round_id) for _ in range(seat.random.randint(2, 4))]
    placed = [bet for bet in bets if seat.place(bet)]
    for bet in placed[1:]:
        win = choose_win(seat, bet.amount)
        seat.credit(seat.transaction("WIN", win, round_id, {"history_id": f"table-{round_id}"}))
    if placed:
        seat.finish(round_id)


def spin_free(seat: Seat) -> None:
    """A granted spin: the stake is nothing, the campaign is named."""
    round_id = start_round(seat)
    left = seat.random.randint(0, 9)
    campaign = {
        "reason": "PROMO-FREESPIN",
        "campaign_code": f"WELCOME-{seat.venue.run % 1000}",
        "campaign_details": {"total": 10, "remaining": left},
    }
    if seat.place(seat.transaction("BET", Decimal(0), round_id, campaign)):
        win = seat.random.choice([Decimal(0), Decimal("0.40"), Decimal("2.15")])
        seat.credit(seat.transaction("WIN", win, round_id, campaign, finished=True))


def play_poker(seat: Seat) -> None:
    round_id, stake = start_round(seat), choose_stake(seat)
    if seat.place(seat.transaction("BET", stake, round_id)):
        rake = Decimal(seat.random.randint(1, 9999)).scaleb(-4)
        context = {"rake": rake, "history_id": f"hand-{round_id}"}
        seat.credit(seat.transaction("WIN", choose_win(seat, stake), round_id, context, finished=True))


def play_a_lottery(seat: Seat) -> None:
    round_id = start_round(seat)
    details = {"game_details": {"ticket_id": seat.number(seat.venue.identifiers.next())}}
    if seat.place(seat.transaction("BET", choose_stake(seat), round_id, details)):
        win = seat.random.choice([Decimal(0), Decimal("12.50")])
        seat.credit(seat.transaction("WIN", win, round_id, details, finished=True))


def refund_the_bet(seat: Seat) -> None:
    round_id, stake = start_round(seat), choose_stake(seat)
    if seat.place(seat.transaction("BET", stake, round_id)):
        seat.credit(seat.transaction("REFUND", stake, round_id, finished=True))


def cancel_the_bet(seat: Seat) -> None:
    bet = seat.transaction("BET", choose_stake(seat), start_round(seat))
    if seat.place(bet):
        seat.undo(bet, finished=seat.random.choice([True, None]))


def bet_more_than_there_is(seat: Seat) -> None:
    """Refused for funds; half of these players pay in, and the same transaction is sent again."""
    round_id = start_round(seat)
    bet = seat.transaction("BET", seat.books.balance + CENT, round_id)
    seat.place(bet)
    if bet.state or seat.random.random() < 0.5:
        return
    top_up(seat)
    if seat.place(bet):
        seat.credit(seat.transaction("WIN", bet.amount, round_id, finished=True))


def look_at_the_balance(seat: Seat) -> None:
    seat.compare_balance()
    lose_with_a_zero_win(seat)


def ask_for_the_status(seat: Seat) -> None:
    bet = seat.transaction("BET", choose_stake(seat), start_round(seat), finished=True)
    if seat.place(bet):
        seat.confirm(bet)


def launch_again(seat: Seat) -> None:
    """The player leaves for another game; a win of the last one still comes with its old token."""
    round_id, stake = start_round(seat), choose_stake(seat)
    bet = seat.transaction("BET", stake, round_id)
    placed = seat.place(bet)
    win = seat.transaction("WIN", choose_win(seat, stake), round_id, finished=True)
    seat.at_casino("launch", seat.launch)
    if placed:
        seat.credit(win)


ROUNDS: dict[Play, int] = {
    lose_on_one_bet: 14,
    lose_with_a_zero_win: 22,
    lose_with_finishround: 8,
    win_once: 24,
    win_in_a_bonus_game: 6,
    play_a_table: 6,
    spin_free: 5,
    play_poker: 4,
    play_a_lottery: 3,
    refund_the_bet: 2,
    cancel_the_bet: 2,
    bet_more_than_there_is: 2,
    look_at_the_balance: 1,
    ask_for_the_status: 1,
    launch_again: 1,
}
